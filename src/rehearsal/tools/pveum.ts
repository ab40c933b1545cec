import type { Command } from "../host/command.js";
import { newUuid, readHostFile, writeHostFile } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { ownRoles, privileges } from "../../pve/access.js";
import { encodeText } from "../../text/pve-text.js";
import { readLongOptions } from "./flags.js";

/**
 * `pveum`, as far as plans use it. The file and what is refused are those of pve-access-control (PVE/AccessControl.pm,
 * PVE/API2/User.pm, Group.pm, Role.pm, ACL.pm); only its roles and privileges are recorded.
 */

const FILE = "/etc/pve/user.cfg";

const SPECIAL: ReadonlySet<string> = new Set(ownRoles);

interface AccessFile {
  /** By name: enable, expire, first name, last name, mail, comment, keys. */
  readonly users: Map<string, string[]>;
  /** By user and name: expire, privilege separation, comment. */
  readonly tokens: Map<string, string[]>;
  readonly groups: Map<string, { members: Set<string>; comment: string }>;
  readonly roles: Map<string, readonly string[]>;
  /** By path, role and holder: whether it propagates. */
  readonly acl: Map<string, string>;
  readonly others: string[];
}

function readAccess(command: Command): AccessFile {
  const file: AccessFile = {
    users: new Map(),
    tokens: new Map(),
    groups: new Map(),
    roles: new Map(),
    acl: new Map(),
    others: [],
  };
  file.users.set("root@pam", ["1", "0", "", "", "", "", ""]);
  for (const line of (readHostFile(command.machine, FILE) ?? "").split("\n")) {
    const [kind = "", name = "", ...rest] = line.replace(/:$/, "").split(":");
    const list = (text = ""): string[] => text.split(",").filter((word) => word !== "");
    if (kind === "user") file.users.set(name, rest);
    else if (kind === "token") file.tokens.set(name, rest);
    else if (kind === "group") file.groups.set(name, { members: new Set(list(rest[0])), comment: rest[1] ?? "" });
    else if (kind === "role") file.roles.set(name, list(rest[0]));
    else if (kind === "acl") {
      for (const holder of list(rest[1]))
        for (const role of list(rest[2])) file.acl.set(`${rest[0]} ${role} ${holder}`, name);
    } else if (kind !== "") file.others.push(line);
  }
  return file;
}

function writeAccess(command: Command, file: AccessFile): void {
  const sorted = <T>(map: ReadonlyMap<string, T>): [string, T][] => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  const users = sorted(file.users).flatMap(([name, fields]) => [
    `user:${name}:${fields.join(":")}:`,
    ...sorted(file.tokens)
      .filter(([token]) => token.startsWith(`${name}!`))
      .map(([token, values]) => `token:${token}:${values.join(":")}:`),
  ]);
  const groups = sorted(file.groups).map(
    ([name, { members, comment }]) => `group:${name}:${[...members].sort().join(",")}:${comment}:`,
  );
  const roles = sorted(file.roles).map(([name, privs]) => `role:${name}:${[...privs].sort().join(",")}:`);
  const acl = sorted(file.acl).map(([key, propagate]) => {
    const [path = "", role = "", holder = ""] = key.split(" ");
    return `acl:${propagate}:${path}:${holder}:${role}:`;
  });
  const parts = [users, groups, file.others, roles, acl];
  writeHostFile(command.machine, FILE, parts.map((lines) => lines.map((line) => `${line}\n`).join("")).join("\n"));
}

export function pveum(command: Command, argv: readonly string[]): void {
  const file = readAccess(command);
  const verb = argv.slice(0, argv[1] === "token" ? 3 : 2).join(" ");
  const handler = handlers[verb] ?? refuse(`simulated host: unknown: pveum ${verb}`, 127);
  handler(command, file, argv.slice(verb.split(" ").length));
  writeAccess(command, file);
}

type Handler = (command: Command, file: AccessFile, argv: readonly string[]) => void;

const USER_OPTIONS = { "--comment": true, "--email": true, "--enable": true, "--groups": true, "--append": true };
const USER_FIELDS = { "--enable": 0, "--email": 4, "--comment": 5 } as const;

function setUser(file: AccessFile, name: string, options: ReadonlyMap<string, string>): void {
  const fields = file.users.get(name) ?? ["1", "0", "", "", "", "", ""];
  for (const [option, index] of Object.entries(USER_FIELDS)) {
    const value = options.get(option);
    if (value !== undefined) fields[index] = option === "--comment" ? encodeText(value) : value;
  }
  file.users.set(name, fields);
  const groups = options.get("--groups");
  if (groups === undefined) return;
  if (options.get("--append") !== "1") for (const { members } of file.groups.values()) members.delete(name);
  for (const group of groups.split(",")) {
    (file.groups.get(group) ?? refuse(`no such group '${group}'`, 255)).members.add(name);
  }
}

const handlers: Readonly<Record<string, Handler>> = {
  "user add": (_, file, argv) => {
    const { options, words } = readLongOptions("pveum user add", argv, USER_OPTIONS);
    const [name = ""] = words;
    if (!/^[^\s:/]+@[A-Za-z][A-Za-z0-9._-]+$/.test(name))
      refuse(`400 Parameter verification failed.\nuserid: value '${name}' does not look like a valid user name`, 255);
    if (file.users.has(name)) refuse(`create user failed: user '${name}' already exists`, 255);
    setUser(file, name, options);
  },
  "user modify": (_, file, argv) => {
    const { options, words } = readLongOptions("pveum user modify", argv, USER_OPTIONS);
    const [name = ""] = words;
    if (!file.users.has(name)) refuse(`update user failed: no such user ('${name}')`, 255);
    setUser(file, name, options);
  },
  "user token add": addToken,
  "user token modify": (_, file, argv) => {
    const { options, words } = readLongOptions("pveum user token modify", argv, {
      "--privsep": true,
      "--comment": true,
    });
    const name = words.join("!");
    const fields = file.tokens.get(name) ?? refuse(`no such token '${words[1]}' for user '${words[0]}'`, 255);
    setToken(fields, options);
  },
  "user token delete": (_, file, argv) => {
    if (!file.tokens.delete(argv.join("!"))) refuse(`no such token '${argv[1]}' for user '${argv[0]}'`, 255);
  },
  "group add": (_, file, argv) => {
    const { options, words } = readLongOptions("pveum group add", argv, { "--comment": true });
    const [name = ""] = words;
    if (file.groups.has(name)) refuse(`create group failed: group '${name}' already exists`, 255);
    file.groups.set(name, { members: new Set(), comment: encodeText(options.get("--comment") ?? "") });
  },
  "group modify": (_, file, argv) => {
    const { options, words } = readLongOptions("pveum group modify", argv, { "--comment": true });
    const group = file.groups.get(words[0] ?? "") ?? refuse(`group '${words[0]}' does not exist`, 255);
    group.comment = encodeText(options.get("--comment") ?? group.comment);
  },
  "role add": setRole(false),
  "role modify": setRole(true),
  "acl modify": (_, file, argv) => setAcl(file, argv, false),
  "acl delete": (_, file, argv) => setAcl(file, argv, true),
};

function addToken(command: Command, file: AccessFile, argv: readonly string[]): void {
  const known = { "--privsep": true, "--comment": true, "--output-format": true };
  const { options, words } = readLongOptions("pveum user token add", argv, known);
  const [user = "", id = ""] = words;
  if (!file.users.has(user)) refuse(`no such user ('${user}')`, 255);
  if (file.tokens.has(`${user}!${id}`)) refuse(`Token already exists.`, 255);
  const fields = ["0", "1", ""];
  setToken(fields, options);
  file.tokens.set(`${user}!${id}`, fields);
  if (options.get("--output-format") !== "json") refuse("simulated host: unknown: a token's value in a table", 127);
  command.print(
    JSON.stringify({ "full-tokenid": `${user}!${id}`, info: { privsep: fields[1] }, value: newUuid(command.machine) }),
  );
}

function setToken(fields: string[], options: ReadonlyMap<string, string>): void {
  const [privsep, comment] = [options.get("--privsep"), options.get("--comment")];
  if (privsep !== undefined) fields[1] = privsep;
  if (comment !== undefined) fields[2] = encodeText(comment);
}

function setRole(isThere: boolean): Handler {
  return (_, file, argv) => {
    const { options, words } = readLongOptions("pveum role", argv, { "--privs": true });
    const [name = ""] = words;
    if (SPECIAL.has(name) || /^PVE/i.test(name)) refuse(`auto-generated role '${name}' cannot be modified`, 255);
    if (file.roles.has(name) !== isThere)
      refuse(isThere ? `role '${name}' does not exist` : `role '${name}' already exists`, 255);
    const privs = (options.get("--privs") ?? "").split(/[ ,;]+/).filter((word) => word !== "");
    const wrong = privs.find((priv) => !privileges.includes(priv));
    if (wrong !== undefined) refuse(`invalid privilege '${wrong}'`, 255);
    file.roles.set(name, privs);
  };
}

function setAcl(file: AccessFile, argv: readonly string[], isDeletion: boolean): void {
  const known = { "--roles": true, "--users": true, "--groups": true, "--tokens": true, "--propagate": true };
  const { options, words } = readLongOptions("pveum acl", argv, known);
  const [path = ""] = words;
  const list = (option: string): string[] => (options.get(option) ?? "").split(",").filter((word) => word !== "");
  const [users, groups, tokens] = [list("--users"), list("--groups"), list("--tokens")];
  if (!path.startsWith("/") || users.length + groups.length + tokens.length === 0)
    refuse("400 Parameter verification failed.", 255);
  for (const user of users) if (!file.users.has(user)) refuse(`ACL update failed: user '${user}' does not exist`, 255);
  for (const group of groups)
    if (!file.groups.has(group)) refuse(`ACL update failed: group '${group}' does not exist`, 255);
  for (const token of tokens) if (!file.tokens.has(token)) refuse(`ACL update failed: no such token '${token}'`, 255);
  for (const role of list("--roles")) {
    if (!SPECIAL.has(role) && !file.roles.has(role)) refuse(`ACL update failed: role '${role}' does not exist`, 255);
    for (const holder of [...users, ...groups.map((group) => `@${group}`), ...tokens]) {
      if (isDeletion) file.acl.delete(`${path} ${role} ${holder}`);
      else file.acl.set(`${path} ${role} ${holder}`, options.get("--propagate") ?? "1");
    }
  }
}
