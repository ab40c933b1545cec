import { mkdirSync, readFileSync } from "node:fs";
import { type Command, callerFile } from "../host/command.js";
import { layOutTimezone, machinePath, readHostFile, writeHostFile } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { readLongOptions } from "./flags.js";

/** Debian's own tools for users, and for the time zone. What they keep are the files of a real host. */

function linesOf(command: Command, path: string): string[][] {
  const text = readHostFile(command.machine, path) ?? "";
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(":"));
}

function writeLines(command: Command, path: string, lines: readonly (readonly string[])[]): void {
  writeHostFile(command.machine, path, lines.map((fields) => `${fields.join(":")}\n`).join(""));
}

/** `useradd --create-home [--OPTION VALUE]... NAME` */
export async function useradd(command: Command, argv: readonly string[]): Promise<void> {
  const known = {
    "--shell": true,
    "--uid": true,
    "--comment": true,
    "--home-dir": true,
    "--create-home": false,
    "--system": false,
    "--no-create-home": false,
  };
  const { options, words } = readLongOptions("useradd", argv, known);
  const [name = ""] = words;
  const users = linesOf(command, "/etc/passwd");
  if (!/^[A-Za-z_][A-Za-z0-9_.-]*\$?$/.test(name) || words.length !== 1)
    refuse(`useradd: invalid user name '${name}'`, 3);
  if (users.some(([other]) => other === name)) refuse(`useradd: user '${name}' already exists`, 9);
  const shell = options.get("--shell") ?? "/bin/sh";
  const isSystem = options.has("--system");
  const free = isSystem
    ? freeBelow(999, users)
    : Math.max(999, ...users.map(([, , uid]) => Number(uid)).filter((uid) => uid < 60000)) + 1;
  const uid = options.get("--uid") ?? String(free);
  if (users.some(([, , other]) => other === uid)) refuse(`useradd: UID ${uid} is not unique`, 4);
  const home = options.get("--home-dir") ?? `/home/${name}`;
  writeLines(command, "/etc/group", [...linesOf(command, "/etc/group"), [name, "x", uid, ""]]);
  writeLines(command, "/etc/shadow", [
    ...linesOf(command, "/etc/shadow"),
    [name, "!", "20000", "0", "99999", "7", "", "", ""],
  ]);
  writeLines(command, "/etc/passwd", [...users, [name, "x", uid, uid, options.get("--comment") ?? "", home, shell]]);
  await command.midway();
  if (options.has("--create-home")) makeHome(command, home, uid);
}

function freeBelow(number: number, users: readonly (readonly string[])[]): number {
  return users.some(([, , uid]) => uid === String(number)) ? freeBelow(number - 1, users) : number;
}

function makeHome(command: Command, home: string, uid: string): void {
  mkdirSync(machinePath(command.machine, home), { recursive: true });
  command.machine.state.owners[home] = { uid: Number(uid), gid: Number(uid) };
}

/** `usermod [--shell ...] [--comment ...] [--append --groups A,B] NAME` */
export function usermod(command: Command, argv: readonly string[]): void {
  const known = { "--shell": true, "--comment": true, "--append": false, "--groups": true };
  const { options, words } = readLongOptions("usermod", argv, known);
  const [name = ""] = words;
  const users = linesOf(command, "/etc/passwd");
  const user = users.find(([other]) => other === name) ?? refuse(`usermod: user '${name}' does not exist`, 6);
  const groups = linesOf(command, "/etc/group");
  for (const group of (options.get("--groups") ?? "").split(",").filter((word) => word !== "")) {
    const found = groups.find(([other]) => other === group) ?? refuse(`usermod: group '${group}' does not exist`, 6);
    if (!options.has("--append")) refuse("simulated host: unknown: usermod --groups without --append", 127);
    const members = (found[3] ?? "").split(",").filter((word) => word !== "");
    found[3] = [...new Set([...members, name])].join(",");
  }
  user[6] = options.get("--shell") ?? user[6] ?? "";
  user[4] = options.get("--comment") ?? user[4] ?? "";
  writeLines(command, "/etc/group", groups);
  writeLines(command, "/etc/passwd", users);
}

/** `chpasswd --encrypted`: hashes on standard input, `NAME:HASH` a line. */
export async function chpasswd(command: Command, argv: readonly string[]): Promise<void> {
  if (argv.join(" ") !== "--encrypted") refuse(`simulated host: unknown: chpasswd ${argv.join(" ")}`, 127);
  const shadow = linesOf(command, "/etc/shadow");
  for (const line of (await command.stdin())
    .toString("utf8")
    .split("\n")
    .filter((text) => text !== "")) {
    const [name = "", ...hash] = line.split(":");
    const entry =
      shadow.find(([other]) => other === name) ?? refuse(`chpasswd: (line 1, user ${name}) password not changed`, 1);
    entry[1] = hash.join(":");
  }
  writeLines(command, "/etc/shadow", shadow);
}

/** `mkhomedir_helper NAME` */
export function mkhomedirHelper(command: Command, argv: readonly string[]): void {
  const user = linesOf(command, "/etc/passwd").find(([name]) => name === argv[0]) ?? refuse("", 1);
  makeHome(command, user[5] ?? "", user[2] ?? "0");
}

/** `visudo -cf FILE`: as far as the files of plans go. */
export function visudo(command: Command, argv: readonly string[]): void {
  const [flags, path = ""] = argv;
  if (flags !== "-cf" || argv.length !== 2) refuse(`simulated host: unknown: visudo ${argv.join(" ")}`, 127);
  const at = callerFile(command, path) ?? refuse(`visudo: unable to open ${path}: No such file or directory`, 1);
  const text = readFileSync(at, "utf8");
  const wrong = text
    .split("\n")
    .findIndex((line) => !/^(#.*|\s*|[\w.$%-]+\s+[\w.,]+\s*=\s*(\([\w:]*\)\s*)?([A-Z]+:\s*)*(ALL|\/\S.*))$/.test(line));
  if (wrong !== -1) refuse(`${path}:${wrong + 1}:1: syntax error`, 1);
  command.print(`${path}: parsed OK`);
}

/** `timedatectl set-timezone ZONE` */
export function timedatectl(command: Command, argv: readonly string[]): void {
  const [verb, zone = ""] = argv;
  if (verb !== "set-timezone" || argv.length !== 2)
    refuse(`simulated host: unknown: timedatectl ${argv.join(" ")}`, 127);
  try {
    Intl.DateTimeFormat("en", { timeZone: zone });
  } catch {
    refuse(`Failed to set time zone: Invalid or not installed time zone '${zone}'`, 1);
  }
  command.machine.state.timezone = zone;
  layOutTimezone(command.machine);
}
