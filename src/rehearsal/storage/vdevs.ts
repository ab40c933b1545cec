import { existsSync } from "node:fs";
import type { Command } from "../host/command.js";
import { hostPath, machinePath } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import type { PoolPart } from "../state.js";

const roles = ["log", "cache", "special", "dedup", "spare"] as const;

/** The disks that a group needs at least. */
const least: Readonly<Record<string, number>> = {
  ...{ mirror: 2, raidz: 2, raidz1: 2, raidz2: 3, raidz3: 4 },
  ...{ draid: 2, draid1: 2, draid2: 3, draid3: 4 },
};

/** Reads what follows the name of a pool: groups and disks, after the word for what they are for. */
export function readVdevs({ machine }: Command, words: readonly string[]): PoolPart[] {
  const parts: PoolPart[] = [];
  let role: PoolPart["role"] = "data";
  let group: PoolPart | undefined;
  for (const word of words) {
    const named = roles.find((other) => other === word);
    if (named !== undefined) {
      if (word === words.at(-1)) refuse(`invalid vdev specification: ${word} requires at least 1 device`, 1);
      role = named;
      group = undefined;
    } else if (word.startsWith("/")) {
      const disk = hostPath(machine, word);
      if (group === undefined) parts.push({ role, type: "disk", disks: [disk] });
      else group.disks.push(disk);
    } else {
      group = { role, type: typeOf(word), disks: [] };
      parts.push(group);
    }
  }
  for (const part of parts) checkPart(part);
  return parts;
}

function typeOf(word: string): string {
  const type = word === "raidz" ? "raidz1" : word;
  if (
    !Object.hasOwn(least, word.split(":")[0] ?? "") ||
    !/^(?:mirror|raidz[1-3]|draid[1-3]?(?::\d+[dcs]){0,3})$/.test(type)
  )
    refuse(`cannot open '${word}': no such device in /dev\nmust be a full path or shorthand device name`, 1);
  return type;
}

function checkPart({ role, type, disks }: PoolPart): void {
  const [word = "", ...draid] = type.split(":");
  const needed = least[word] ?? 1;
  if (disks.length < needed)
    refuse(`invalid vdev specification: ${word.replace(/^raidz1$/, "raidz")} requires at least ${needed} devices`, 1);
  if (role === "log" && !["disk", "mirror"].includes(word))
    refuse(`invalid vdev specification: unsupported 'log' device: ${word}`, 1);
  if ((role === "cache" || role === "spare") && type !== "disk")
    refuse(`invalid vdev specification: unsupported '${role}' device: ${word}`, 1);
  const children = draid.find((each) => each.endsWith("c"));
  if (children !== undefined && Number.parseInt(children, 10) !== disks.length)
    refuse(
      `invalid number of dRAID children; ${Number.parseInt(children, 10)} required but ${disks.length} provided`,
      1,
    );
}

/** Refuses parts of a pool that may lose different numbers of disks, as `zpool` does unless it is forced. */
export function checkReplication(parts: readonly PoolPart[]): void {
  const [first, ...others] = parts.filter(({ role }) => role === "data" || role === "special" || role === "dedup");
  const lost = ({ type, disks }: PoolPart): number =>
    type === "disk" ? 0 : type === "mirror" ? disks.length - 1 : Number(/\d/.exec(type)?.[0] ?? 1);
  const other = others.find(
    (each) =>
      first !== undefined &&
      (lost(each) !== lost(first) || (each.type === first.type && each.disks.length !== first.disks.length)),
  );
  if (first !== undefined && other !== undefined)
    refuse(
      `invalid vdev specification\nuse '-f' to override the following errors:\nmismatched replication level: pool uses ${first.type} and new vdev is ${other.type}`,
      1,
    );
}

/** Refuses a disk that is not there, is part of a pool, or carries a signature. */
export function checkDisk({ machine }: Command, path: string, force: boolean): void {
  const disk = machine.state.disks.find((other) => other.path === path);
  if (!existsSync(machinePath(machine, path))) refuse(`cannot resolve path '${path}'`, 1);
  const failure = "invalid vdev specification\nuse '-f' to override the following errors:\n";
  const isUsed = Object.values(machine.state.pools).some(({ parts }) =>
    parts.some(({ disks }) => disks.includes(path)),
  );
  if (isUsed) refuse(`${path} is in use and contains a unknown filesystem.`, 1);
  if (disk?.signature !== undefined && !force)
    refuse(`${failure}${path} contains a filesystem of type '${disk.signature}'`, 1);
}
