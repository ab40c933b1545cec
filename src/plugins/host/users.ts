import {
  boolOf,
  compareText,
  diagnose,
  numberOf,
  secretOf,
  sectionsOf,
  settingOf,
  stringOf,
  stringsOf,
  argOf,
  FILE_MARK,
  isBroken,
} from "../../plugin-api/index.js";
import type { Diagnostic, Lowered, OptionSpec, Resource, Section, Step } from "../../plugin-api/index.js";
import { joinLowered, makeStep, onlySteps } from "../guest/step.js";
import * as t from "../guest/types.js";
import { fileStep } from "./files.js";
import { rootWithAccount } from "./findings.js";
import { packagesStep } from "./packages.js";
import type { HostPart } from "./part.js";

const options: Readonly<Record<string, OptionSpec>> = {
  uid: {
    type: { type: "int", min: 100, max: 59999 },
    doc: "The number of the user, given when it is made. Default: the next free one.",
  },
  comment: {
    type: { type: "string", pattern: "[^:\\n]*", describe: "a text without `:`" },
    doc: "The full name, or what the user is for.",
  },
  shell: { type: t.path, doc: "The login shell. Default: `/bin/bash`." },
  home: {
    type: { type: "path", without: ": " },
    doc: "The home directory, given when the user is made. Default: `/home/NAME`.",
  },
  groups: { type: t.listOfType(t.userName, true), doc: "Groups that the user is put into; those of others stay." },
  ssh_keys: {
    type: t.publicKeys,
    doc: "Public keys that may log in, as a block in `authorized_keys`; other keys in it stay.",
  },
  password: {
    type: { type: "secret" },
    doc: "Where the hash of the password is. Omitted: the password is as it is, of a new user locked.",
  },
  sudo: {
    type: t.union(t.bool, t.line),
    doc: "`true`: may do all as root without a password; or a rule of sudoers, as `ALL=(root) NOPASSWD: /usr/sbin/reboot`. Default: false.",
  },
};

/** Users of the host's system. */
export const usersPart: HostPart = {
  sections: {
    user: {
      doc: "A user of the host's system, with keys and rights. One that leaves the files loses both, and stays.",
      args: [{ name: "name", type: t.userName, doc: "The name of the user." }],
      options,
      sections: {},
      instead: {
        keys: "ssh_keys",
        authorized_keys: "ssh_keys",
        ssh_public_key: "ssh_keys",
        password_hash: "password",
        sudo_access: "sudo",
        gecos: "comment",
      },
    },
  },
  instead: { users: "user" },
  diagnostics: [rootWithAccount],
  lower: (host): Lowered => joinLowered(sectionsOf(host, "user").map((user) => lowerUser(host, user))),
};

function lowerUser(host: Resource, user: Section): Lowered {
  const name = argOf(user, "name");
  if (name === undefined) return onlySteps([]);
  if (name === "root") return { ...keysOf(host, user, name), diagnostics: findingsOfRoot(user) };
  return joinLowered([accountOf(host, user, name), keysOf(host, user, name), sudoOf(host, user, name)]);
}

function findingsOfRoot(user: Section): readonly Diagnostic[] {
  return [...user.settings.values()]
    .filter((setting) => setting.name !== "ssh_keys")
    .map((setting) => diagnose(rootWithAccount, setting.nameSpan, { name: setting.name }));
}

/** The user itself: made, or what of it differs set. */
function accountOf(host: Resource, user: Section, name: string): Lowered {
  const [uid, comment, home] = [numberOf(user, "uid"), stringOf(user, "comment"), stringOf(user, "home")];
  const password = secretOf(user, "password");
  const command = [
    ...["useradd", "--create-home"],
    ...["--shell", stringOf(user, "shell") ?? "/bin/bash"],
    ...(uid === undefined ? [] : ["--uid", String(uid)]),
    ...(comment === undefined ? [] : ["--comment", comment]),
    ...(home === undefined ? [] : ["--home-dir", home]),
    name,
  ];
  const groups = stringsOf(user, "groups").toSorted(compareText);
  const step = makeStep(host, `user.${name}`, {
    phase: "host",
    title: `user ${name}`,
    asked: user,
    probe: { kind: "host-user", user: name, groups, ...(password === undefined ? {} : { password }) },
    commands: [command],
  });
  const secrets =
    password === undefined ? [] : [{ kind: "secret", secret: password, blocks: [], source: step.source } as const];
  // Debian makes the group `sudo` by itself, and the rule for it comes with the package.
  const packages = groups.includes("sudo") ? [packagesStep(host, ["sudo"], { commands: ["visudo"], asked: user })] : [];
  return { steps: [...packages, step], requirements: secrets };
}

/** Keys that may log in, in a block of their own. Proxmox keeps root's for the whole cluster. */
function keysOf(host: Resource, user: Section, name: string): Lowered {
  if (settingOf(user, "ssh_keys") === undefined || isBroken(user, "ssh_keys")) return onlySteps([]);
  const keys = stringsOf(user, "ssh_keys").map((key) => key.trim());
  const content = keys.map((key) => `${key}\n`).join("");
  const title = `keys of ${name}`;
  if (name === "root") {
    const file = { path: "/etc/pve/priv/authorized_keys", block: "keys", content, adopt: false };
    return fileStep(host, `user.${name}.keys`, file, { title, asked: user });
  }
  const folder = `${stringOf(user, "home") ?? `/home/${name}`}/.ssh`;
  const owner = name;
  const file = { path: `${folder}/authorized_keys`, block: "keys", content, adopt: false, mode: "600", owner };
  const parent: Step = makeStep(host, `user.${name}.ssh`, {
    phase: "host",
    title: `directory ${folder}`,
    asked: user,
    probe: { kind: "directory", path: folder, owner },
    commands: [["mkdir", "-p", folder]],
  });
  return joinLowered([onlySteps([parent]), fileStep(host, `user.${name}.keys`, file, { title, asked: user })]);
}

/** A file of the user's own below sudoers.d, which does not read names with a dot. */
function sudoOf(host: Resource, user: Section, name: string): Lowered {
  const rule = boolOf(user, "sudo") === true ? "ALL=(ALL:ALL) NOPASSWD: ALL" : stringOf(user, "sudo");
  if (rule === undefined) return onlySteps([]);
  const file = {
    path: `/etc/sudoers.d/phxc-${name.replaceAll(".", "_")}`,
    content: `${FILE_MARK} user ${name}. Changes are overwritten.\n${name} ${rule}\n`,
    adopt: false,
    mode: "440",
    check: ["visudo", "-cf", "FILE"],
  };
  return joinLowered([
    onlySteps([packagesStep(host, ["sudo"], { commands: ["visudo"], asked: user })]),
    fileStep(host, `user.${name}.sudo`, file, { title: `rights of ${name}`, asked: user }),
  ]);
}
