import { argOf, boolOf, numberOf, secretOf, stringOf, stringsOf, valueOf } from "../../../plugin-api/index.js";
import type { SecretPlace, Section } from "../../../plugin-api/index.js";
import { blocksOf, boolIn, commandsIn, firstKeysIn, keysIn, textIn, textsIn, valueIn } from "./effective.js";
import type { CloudInit } from "./effective.js";
import { yaml } from "./yaml.js";
import type { Yaml } from "./yaml.js";

/** A text with places for secrets. */
export interface Rendered {
  readonly content: string;
  readonly secrets: readonly SecretPlace[];
}

/** The machine as its user data names it. */
export interface Names {
  readonly name: string;
  readonly search: string | undefined;
}

/** Gives a secret a place: what stands there. */
type Keep = (form: SecretPlace["form"], secret: string) => string;

/** User data from what the files say. The words for secrets are such that they stand in it nowhere else. */
export function userData(config: CloudInit, names: Names): Rendered {
  for (let mark = "@phxc-secret-"; ; mark += "-") {
    const secrets: SecretPlace[] = [];
    const content = `#cloud-config\n${yaml(
      cloudConfig(config, names, (form, secret) => {
        const token = `${mark}${secrets.length}@`;
        secrets.push({ token, form, secret });
        return token;
      }),
    )}`;
    if (secrets.every(({ token }) => content.split(token).length === 2)) return { content, secrets };
  }
}

/** The keys in the order in which a reader looks for them. */
function cloudConfig(config: CloudInit, names: Names, keep: Keep): Yaml {
  const packages = textsIn(config, "packages");
  const commands = [...exactKeys(config), ...commandsIn(config, "commands")];
  const boot = commandsIn(config, "boot_commands");
  return {
    ...hostNames(names),
    ...firstUser(config, keep),
    users: listed(users(config, keep)),
    // As Proxmox has it in the user data that it makes.
    package_upgrade: boolIn(config, "upgrade") ?? true,
    package_update: packages === undefined || packages.length === 0 ? undefined : true,
    packages: packages === undefined || packages.length === 0 ? undefined : packages,
    locale: textIn(config, "locale"),
    timezone: textIn(config, "timezone"),
    growpart: growpart(config),
    write_files: listed(blocksOf(config, "file", "path").map((block) => file(block, keep))),
    bootcmd: listed(boot),
    runcmd: listed(commands),
  };
}

/** cloud-init refuses empty lists. */
function listed(items: readonly Yaml[]): readonly Yaml[] | undefined {
  return items.length === 0 ? undefined : items;
}

/** Host name and domain as Proxmox makes them of the name and the search domain. */
function hostNames({ name, search }: Names): { readonly [key: string]: Yaml } {
  const [host = name] = name.split(".", 1);
  const domain = search?.split(/\s+/, 1)[0];
  const fqdn = name.includes(".") || domain === undefined ? name : `${name}.${domain}`;
  return { hostname: host, fqdn, manage_etc_hosts: true };
}

/** The user of the image, with the name, keys and password of the block itself. */
function firstUser(config: CloudInit, keep: Keep): { readonly [key: string]: Yaml | undefined } {
  const user = textIn(config, "user");
  const password = valueIn(config, "password");
  return {
    user,
    disable_root: user === "root" ? false : undefined,
    password: password?.type === "secret" ? keep("hash", password.source) : undefined,
    ssh_authorized_keys: listed(firstKeysIn(config) ?? []),
    chpasswd: { expire: false },
  };
}

function users(config: CloudInit, keep: Keep): readonly Yaml[] {
  const first: readonly Yaml[] = textIn(config, "user") === "root" ? [] : ["default"];
  return [...first, ...blocksOf(config, "user", "name").map((block) => user(block, keep))];
}

function user(block: Section, keep: Keep): Yaml {
  const password = secretOf(block, "password");
  const groups = stringsOf(block, "groups");
  const sudo = valueOf(block, "sudo");
  const uid = numberOf(block, "uid");
  return {
    name: argOf(block, "name"),
    gecos: stringOf(block, "comment"),
    uid,
    groups: groups.length === 0 ? undefined : groups.join(","),
    sudo: sudo?.type === "bool" ? (sudo.value ? "ALL=(ALL) NOPASSWD:ALL" : undefined) : stringOf(block, "sudo"),
    shell: stringOf(block, "shell") ?? "/bin/bash",
    homedir: stringOf(block, "home"),
    system: boolOf(block, "system") === true ? true : undefined,
    lock_passwd: password === undefined,
    passwd: password === undefined ? undefined : keep("crypt", password),
    ssh_authorized_keys: listed(keysIn(block) ?? []),
  };
}

function file(block: Section, keep: Keep): Yaml {
  const secret = secretOf(block, "content");
  const mode = stringOf(block, "mode") ?? (secret === undefined ? "0644" : "0600");
  return {
    path: argOf(block, "path"),
    permissions: mode.padStart(4, "0"),
    owner: ownerOf(stringOf(block, "owner")),
    append: boolOf(block, "append") === true ? true : undefined,
    defer: boolOf(block, "early") === true ? undefined : true,
    // Any text can stand there in Base64, whatever it holds.
    encoding: secret === undefined ? undefined : "b64",
    content: secret === undefined ? (stringOf(block, "content") ?? "") : keep("base64", secret),
  };
}

function ownerOf(owner: string | undefined): string | undefined {
  return owner === undefined || owner.includes(":") ? owner : `${owner}:${owner}`;
}

function growpart(config: CloudInit): Yaml | undefined {
  const value = valueIn(config, "growpart");
  if (value === undefined) return undefined;
  if (value.type === "bool") return value.value ? { mode: "auto", devices: ["/"] } : { mode: "off" };
  return { mode: "auto", devices: textsIn(config, "growpart") ?? [] };
}

/**
 * cloud-init adds keys to those that are there and removes none. This replaces the file, as the user itself: what the user
 * has put in its place, such as a link, is followed with the rights of the user only.
 */
const SET_KEYS =
  'user=$1; shift; printf "%s\\n" "$@" | su -s /bin/sh -c "umask 077; cd && mkdir -p .ssh && ' +
  'cat >.ssh/authorized_keys.new && mv -f .ssh/authorized_keys.new .ssh/authorized_keys" "$user"';

/** A command for each user whose keys are declared. */
function exactKeys(config: CloudInit): readonly Yaml[] {
  const first = textIn(config, "user");
  const all = [
    ...(first === undefined ? [] : [{ name: first, keys: firstKeysIn(config) }]),
    ...blocksOf(config, "user", "name").map((block) => ({ name: argOf(block, "name") ?? "", keys: keysIn(block) })),
  ];
  return all.flatMap(({ name, keys }) => (keys === undefined ? [] : [["sh", "-c", SET_KEYS, "sh", name, ...keys]]));
}
