import type { Command } from "../host/command.js";
import { hostPath } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import type { Pool, PoolPart } from "../state.js";
import { dropDataset, makeDataset } from "../storage/datasets.js";
import { printZfsSize } from "../storage/sizes.js";
import { propertyNames } from "../storage/zfs-properties.js";
import { checkDisk, checkReplication, readVdevs } from "../storage/vdevs.js";
import { readFlags } from "./flags.js";
import { readAssignments } from "./zfs.js";

const defaultDisk = 2 * 10 ** 12;

/** `zpool create|destroy|add|replace|set|list|status|get` */
export function zpool(command: Command, argv: readonly string[]): void {
  const [verb = "", ...rest] = argv;
  const verbs: Record<string, (command: Command, argv: readonly string[]) => void> = {
    ...{ create, add, replace, set, destroy },
    ...{ list, get, status },
  };
  const handler = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (handler === undefined) return refuse(`simulated host: unknown: zpool ${verb}`, 127);
  handler(command, rest);
}

function create(command: Command, argv: readonly string[]): void {
  const { machine } = command;
  const { flags, values, words } = readFlags("zpool create", argv, "fd", "oOmR");
  const [pool = "", ...vdevs] = words;
  const failure = `cannot create '${pool}'`;
  if (pool === "") refuse("missing pool name argument", 2);
  if (vdevs.length === 0) refuse("missing vdev specification", 2);
  const properties = readPoolProperties(values.filter(([flag]) => flag === "o").map(([, value]) => value));
  checkRootProperties(values);
  if (machine.state.pools[pool] !== undefined) refuse(`${failure}: pool already exists`, 1);
  const reason = nameProblem(pool);
  if (reason !== undefined) refuse(`${failure}: ${reason}\npool name may have been omitted`, 1);
  const parts = readVdevs(command, vdevs);
  const disks = parts.flatMap((part) => part.disks);
  if (new Set(disks).size < disks.length)
    refuse(
      `${failure}: one or more vdevs refer to the same device, or one of\nthe devices is part of an active md or lvm device`,
      1,
    );
  if (!flags.has("f")) checkReplication(parts);
  for (const path of parts.flatMap(({ disks }) => disks)) checkDisk(command, path, flags.has("f"));
  const assignments = values.filter(([flag]) => flag === "O").map(([, value]) => value);
  const mountpoint = values.find(([flag]) => flag === "m")?.[1];
  const own = readAssignments(
    mountpoint === undefined ? assignments : [...assignments, `mountpoint=${mountpoint}`],
    failure,
  );
  machine.state.pools[pool] = { parts, properties, size: sizeOf(command, parts) };
  take(command, parts);
  makeDataset(machine, pool, { type: "filesystem", properties: own });
}

function nameProblem(pool: string): string | undefined {
  if (!/^[A-Za-z]/.test(pool)) return "name must begin with a letter";
  return /^(?:mirror|raidz|draid|spare)|^log$/.test(pool) ? "name is reserved" : undefined;
}

/** Properties of the root dataset are known by name before anything else is looked at. */
function checkRootProperties(values: readonly (readonly [string, string])[]): void {
  for (const [flag, pair] of values) {
    const name = pair.split("=")[0] ?? "";
    const isQuota = /^(?:user|group|project)(?:obj)?quota@/.test(name);
    if (flag === "O" && !name.includes(":") && !isQuota && !propertyNames.includes(name))
      refuse(`property '${name}' is not a valid filesystem property`, 1);
  }
}

/** `zpool destroy NAME`: all datasets go with it, and its disks are free. */
function destroy(command: Command, argv: readonly string[]): void {
  const { machine } = command;
  const { words } = readFlags("zpool destroy", argv, "f", "");
  const [name = ""] = words;
  const own = new Set(known(command, name).parts.flatMap(({ disks }) => disks));
  dropDataset(machine, name);
  delete machine.state.pools[name];
  machine.state.disks = machine.state.disks.map((disk) => {
    const { signature: _signature, ...empty } = disk;
    return own.has(disk.path) ? empty : disk;
  });
}

/** Bytes that the disks for data hold, without what parity takes. */
function sizeOf({ machine }: Command, parts: readonly PoolPart[]): number {
  const bytes = (path: string): number => machine.state.disks.find((disk) => disk.path === path)?.size ?? defaultDisk;
  return parts
    .filter(({ role }) => role === "data")
    .map(({ type, disks }) => {
      const sizes = disks.map(bytes);
      return type === "mirror" ? Math.min(...sizes) : sizes.reduce((sum, size) => sum + size, 0);
    })
    .reduce((sum, size) => sum + size, 0);
}

/** From now on the disks carry the signature of a pool. */
function take({ machine }: Command, parts: readonly PoolPart[]): void {
  const taken = new Set(parts.flatMap(({ disks }) => disks));
  machine.state.disks = machine.state.disks.map((disk) =>
    taken.has(disk.path) ? { ...disk, signature: "zfs_member" } : disk,
  );
}

const switches = ["autoexpand", "autoreplace", "autotrim", "delegation", "listsnapshots", "multihost"];
const texts = ["bootfs", "cachefile", "comment", "compatibility", "altroot"];

/** What a pool has where nobody set it. */
const defaults: Readonly<Record<string, string>> = {
  ...{ autoexpand: "off", autoreplace: "off", autotrim: "off", delegation: "on", listsnapshots: "off" },
  ...{ multihost: "off", failmode: "wait", bootfs: "-", cachefile: "-", comment: "-", compatibility: "off" },
  ...{ altroot: "-", ashift: "0", dedup_table_quota: "auto" },
};

/** `pool`: the one that is there, whose properties are set; its failures are told in other words than those of a new one. */
function readPoolProperties(pairs: readonly string[], pool?: string): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name = "", value = ""] =
        /^([^=]+)=(.*)$/s.exec(pair) ?? refuse("missing value in property=value argument", 2);
      const problem = poolPropertyProblem(name, value, pool);
      if (problem !== undefined) refuse(problem, 1);
      // Of the place where the list of pools is anyway there is nothing to say.
      return [name, name === "cachefile" && value === "/etc/zfs/zpool.cache" ? "-" : value];
    }),
  );
}

function poolPropertyProblem(name: string, value: string, pool: string | undefined): string | undefined {
  const failure = `cannot set property for '${pool ?? ""}'`;
  if (name === "ashift") {
    if (/^(?:0|9|1[0-6])$/.test(value)) return undefined;
    return pool === undefined
      ? `invalid 'ashift=${value}' property: only values between 9 and 16 are allowed.`
      : `${failure}: property 'ashift' number ${value} is invalid, only values between 9 and 16 are allowed.`;
  }
  const must = (known: readonly string[]): string | undefined =>
    known.includes(value)
      ? undefined
      : `${pool === undefined ? "cannot set property" : failure}: '${name}' must be one of '${known.join(" | ")}'`;
  if (switches.includes(name)) return must(["on", "off"]);
  if (name === "failmode") return must(["wait", "continue", "panic"]);
  if (name.startsWith("feature@")) return must(["enabled", "disabled"]);
  return texts.includes(name) || name === "dedup_table_quota"
    ? undefined
    : pool === undefined
      ? `property '${name}' is not a valid pool or vdev property`
      : `${failure}: invalid property '${name}'`;
}

function known({ machine }: Command, name: string): Pool {
  return machine.state.pools[name] ?? refuse(`cannot open '${name}': no such pool`, 1);
}

function add(command: Command, argv: readonly string[]): void {
  const { flags, values, words } = readFlags("zpool add", argv, "fgLnP", "o");
  const [name = "", ...vdevs] = words;
  if (vdevs.length === 0) refuse("missing vdev specification", 2);
  const pool = known(command, name);
  const properties = readPoolProperties(values.map(([, value]) => value));
  if (Object.keys(properties).some((key) => key !== "ashift")) refuse("property is not valid for zpool add", 2);
  const parts = readVdevs(command, vdevs);
  if (!flags.has("f")) checkReplication([...pool.parts, ...parts]);
  for (const path of parts.flatMap(({ disks }) => disks)) checkDisk(command, path, flags.has("f"));
  pool.parts.push(...parts);
  pool.size += sizeOf(command, parts);
  take(command, parts);
}

/** The new disk holds the data of the old one as soon as the command has ended. */
function replace(command: Command, argv: readonly string[]): void {
  const { flags, words } = readFlags("zpool replace", argv, "fsw", "o");
  const [name = "", old = "", by = ""] = words;
  if (by === "") refuse("missing new device", 2);
  const pool = known(command, name);
  const [from, to] = [hostPath(command.machine, old), hostPath(command.machine, by)];
  const part =
    pool.parts.find(({ disks }) => disks.includes(from)) ??
    refuse(`cannot replace ${old} with ${by}: no such device in pool`, 255);
  checkDisk(command, to, flags.has("f"));
  part.disks = part.disks.map((disk) => (disk === from ? to : disk));
  take(command, [part]);
}

function set(command: Command, argv: readonly string[]): void {
  const { words } = readFlags("zpool set", argv, "", "");
  const [pair = "", name, more] = words;
  if (name === undefined) return refuse("missing pool name", 2);
  if (more !== undefined) refuse("too many pool names", 2);
  if (!pair.includes("=")) refuse("missing value in property=value argument", 2);
  const pool = command.machine.state.pools[name] ?? refuse(`cannot open '${name}': is not a pool`, 22);
  Object.assign(pool.properties, readPoolProperties([pair], name));
}

function pools(command: Command, words: readonly string[]): string[] {
  for (const word of words) known(command, word);
  return words.length > 0 ? [...words] : Object.keys(command.machine.state.pools).sort();
}

function list(command: Command, argv: readonly string[]): void {
  const { flags, values, words } = readFlags("zpool list", argv, "HpvPL", "o");
  const columns = (values.find(([flag]) => flag === "o")?.[1] ?? "name,size,alloc,free,health").split(",");
  const shown = pools(command, words);
  if (shown.length === 0) return flags.has("H") ? undefined : command.print("no pools available");
  if (!flags.has("H")) command.print(columns.map((column) => column.toUpperCase()).join("  "));
  for (const pool of shown)
    command.print(
      columns.map((column) => property(command, pool, column, flags.has("p"))).join(flags.has("H") ? "\t" : "  "),
    );
}

function property(command: Command, pool: string, name: string, exact: boolean): string {
  const { size = 0, properties = {} } = command.machine.state.pools[pool] ?? {};
  const fixed: Record<string, string> = {
    name: pool,
    size: printZfsSize(size, exact),
    alloc: printZfsSize(102400, exact),
    allocated: printZfsSize(102400, exact),
    free: printZfsSize(size - 102400, exact),
    health: "ONLINE",
    guid: "1",
  };
  if (name.startsWith("feature@")) return properties[name] ?? "enabled";
  return (
    fixed[name] ??
    properties[name] ??
    defaults[name] ??
    refuse(`bad property list: invalid property '${name}'\nusage:\n\tget [-Hp] ...`, 2)
  );
}

function setProperties(command: Command, pool: string): string[] {
  return Object.keys(command.machine.state.pools[pool]?.properties ?? {}).filter((name) => name !== "ashift");
}

function get(command: Command, argv: readonly string[]): void {
  const { flags, values, words } = readFlags("zpool get", argv, "Hp", "o");
  const columns = (values.find(([flag]) => flag === "o")?.[1] ?? "name,property,value,source").split(",");
  const [asked = "", ...rest] = words;
  if (!flags.has("H")) command.print(columns.map((column) => column.toUpperCase()).join("  "));
  for (const pool of pools(command, rest))
    for (const name of asked === "all"
      ? ["size", "free", "health", "ashift", ...setProperties(command, pool)]
      : asked.split(",")) {
      const cells: Record<string, string> = {
        name: pool,
        property: name,
        value: property(command, pool, name, flags.has("p")),
        source: sourceOf(command, pool, name),
      };
      command.print(columns.map((column) => cells[column] ?? "-").join(flags.has("H") ? "\t" : "  "));
    }
}

function sourceOf({ machine }: Command, pool: string, name: string): string {
  const own = machine.state.pools[pool]?.properties ?? {};
  if (own[name] !== undefined && own[name] !== "-") return "local";
  return Object.hasOwn(defaults, name) ? "default" : "-";
}

/** The heading of parts of a role, as `zpool status` prints it; that of the data is the pool's name. */
const headings = [
  ["dedup", "dedup"],
  ["special", "special"],
  ["log", "logs"],
  ["cache", "cache"],
  ["spare", "spares"],
] as const;

function status(command: Command, argv: readonly string[]): void {
  const { flags, words } = readFlags("zpool status", argv, "xvPL", "");
  const shown = pools(command, words);
  if (shown.length === 0) return command.print("no pools available");
  for (const [index, pool] of shown.entries()) {
    if (index > 0) command.print("");
    const parts = command.machine.state.pools[pool]?.parts ?? [];
    const rows = partRows(parts, "data", flags.has("P"));
    const others = headings.flatMap(([role, heading]) => {
      const own = partRows(parts, role, flags.has("P"));
      return own.length === 0 ? [] : [`\t${heading}\t`, ...own];
    });
    const head = [`  pool: ${pool}`, " state: ONLINE", "config:", ""];
    const tree = ["\tNAME  STATE     READ WRITE CKSUM", `\t${pool}  ONLINE       0     0     0`, ...rows, ...others];
    command.print([...head, ...aligned(tree), "", "errors: No known data errors"].join("\n"));
  }
}

/** Names have a column of their own, as wide as the longest, with what follows after two blanks. */
function aligned(lines: readonly string[]): readonly string[] {
  const cells = lines.map((line) => /^(\t *\S+)(?:  (.*))?$/.exec(line)?.slice(1) ?? [line]);
  const width = Math.max(11, ...cells.map(([name = ""]) => name.length));
  return cells.map(([name = "", rest], i) =>
    rest === undefined ? (lines[i] ?? "") : `${name.padEnd(width)}  ${rest}`,
  );
}

/** Partitions, by whatever name. */
const PARTITION = /-part\d+$|^\/dev\/(?:nvme\d+n\d+p|[sv]d[a-z]+)\d+$/;

/** The lines of the parts of a role. Whole disks are shown by the partition that ZFS makes on them. */
function partRows(parts: readonly PoolPart[], role: PoolPart["role"], full: boolean): string[] {
  const name = (disk: string): string =>
    full ? (PARTITION.test(disk) ? disk : `${disk}-part1`) : (disk.split("/").at(-1) ?? disk);
  const tail = role === "spare" ? "  AVAIL" : "  ONLINE       0     0     0";
  return parts.flatMap((part, index) => {
    if (part.role !== role) return [];
    if (part.type === "disk") return part.disks.map((disk) => `\t  ${name(disk)}${tail}`);
    return [`\t  ${part.type}-${index}${tail}`, ...part.disks.map((disk) => `\t    ${name(disk)}${tail}`)];
  });
}
