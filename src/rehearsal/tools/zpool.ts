import { existsSync } from "node:fs";
import type { Command } from "../host/command.js";
import { hostPath, machinePath } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { makeDataset } from "../storage/datasets.js";
import { printZfsSize } from "../storage/sizes.js";
import { readFlags } from "./flags.js";
import { readAssignments } from "./zfs.js";

const layouts = ["mirror", "raidz", "raidz1", "raidz2", "raidz3", "stripe"];
const defaultDisk = 2 * 10 ** 12;

/** `zpool create|list|status|get` */
export function zpool(command: Command, argv: readonly string[]): void {
  const [verb = "", ...rest] = argv;
  if (verb === "create") return create(command, rest);
  if (verb === "list") return list(command, rest);
  if (verb === "get") return get(command, rest);
  if (verb === "status") return status(command, rest);
  refuse(`simulated host: unknown: zpool ${verb}`, 127);
}

function create(command: Command, argv: readonly string[]): void {
  const { machine } = command;
  const { flags, values, words } = readFlags("zpool create", argv, "fd", "oOmR");
  const [pool = "", ...vdevs] = words;
  const failure = `cannot create '${pool}'`;
  const layout = layouts.includes(vdevs[0] ?? "") ? (vdevs[0] ?? "") : "single";
  const disks = vdevs.filter((word) => !layouts.includes(word)).map((path) => hostPath(machine, path));
  if (pool === "" || disks.length === 0) refuse("missing vdev specification", 2);
  if (machine.state.pools[pool] !== undefined) refuse(`${failure}: pool already exists`, 1);
  if (!/^[A-Za-z][A-Za-z0-9_.-]*$/.test(pool) || layouts.includes(pool) || pool === "log")
    refuse(`${failure}: name is reserved or invalid`, 1);
  const needed = { single: 1, mirror: 2, raidz: 2, raidz1: 2, raidz2: 3, raidz3: 4, stripe: 1 }[layout] ?? 1;
  if (disks.length < needed) refuse(`invalid vdev specification: ${layout} requires at least ${needed} devices`, 1);
  for (const path of disks) checkDisk(command, path, flags.has("f"));
  const properties = Object.fromEntries(
    values.filter(([flag]) => flag === "o").map(([, value]) => value.split("=") as [string, string]),
  );
  const ashift = properties["ashift"];
  if (ashift !== undefined && !/^(?:0|9|1[0-6])$/.test(ashift))
    refuse(`property 'ashift' number ${ashift} is invalid; only values between 9 and 16 are allowed`, 1);
  const assignments = values.filter(([flag]) => flag === "O").map(([, value]) => value);
  const mountpoint = values.find(([flag]) => flag === "m")?.[1];
  const all = mountpoint === undefined ? assignments : [...assignments, `mountpoint=${mountpoint}`];
  const sizes = disks.map((path) => machine.state.disks.find((disk) => disk.path === path)?.size ?? defaultDisk);
  const size = layout === "mirror" ? Math.min(...sizes) : sizes.reduce((sum, bytes) => sum + bytes, 0);
  const own = readAssignments(all, failure);
  machine.state.pools[pool] = { layout, disks, properties, size };
  machine.state.disks = machine.state.disks.map((disk) =>
    disks.includes(disk.path) ? { ...disk, signature: "zfs_member" } : disk,
  );
  makeDataset(machine, pool, { type: "filesystem", properties: own });
}

function checkDisk(command: Command, path: string, force: boolean): void {
  const disk = command.machine.state.disks.find((other) => other.path === path);
  if (!existsSync(machinePath(command.machine, path)))
    refuse(`cannot open '${path}': no such device in /dev\nmust be a full path or shorthand device name`, 1);
  const used = Object.entries(command.machine.state.pools).find(([, pool]) => pool.disks.includes(path));
  if (used !== undefined)
    refuse(
      `invalid vdev specification\nuse '-f' to override the following errors:\n${path} is part of active pool '${used[0]}'`,
      1,
    );
  if (disk?.signature !== undefined && !force)
    refuse(
      `invalid vdev specification\nuse '-f' to override the following errors:\n${path} contains a filesystem of type '${disk.signature}'`,
      1,
    );
}

function pools(command: Command, words: readonly string[]): string[] {
  const all = Object.keys(command.machine.state.pools).sort();
  for (const word of words) if (!all.includes(word)) refuse(`cannot open '${word}': no such pool`, 1);
  return words.length > 0 ? [...words] : all;
}

function list(command: Command, argv: readonly string[]): void {
  const { flags, values, words } = readFlags("zpool list", argv, "HpvPL", "o");
  const columns = (values.find(([flag]) => flag === "o")?.[1] ?? "name,size,alloc,free,health").split(",");
  const shown = pools(command, words);
  if (shown.length === 0) return command.print("no pools available");
  if (!flags.has("H")) command.print(columns.map((column) => column.toUpperCase()).join("  "));
  for (const pool of shown)
    command.print(
      columns.map((column) => property(command, pool, column, flags.has("p"))).join(flags.has("H") ? "\t" : "  "),
    );
}

function property(command: Command, pool: string, name: string, exact: boolean): string {
  const known = command.machine.state.pools[pool];
  const size = known?.size ?? 0;
  const fixed: Record<string, string> = {
    name: pool,
    size: printZfsSize(size, exact),
    alloc: printZfsSize(102400, exact),
    allocated: printZfsSize(102400, exact),
    free: printZfsSize(size - 102400, exact),
    health: "ONLINE",
    ashift: known?.properties["ashift"] ?? "0",
    guid: "1",
  };
  return fixed[name] ?? known?.properties[name] ?? "-";
}

function get(command: Command, argv: readonly string[]): void {
  const { flags, values, words } = readFlags("zpool get", argv, "Hp", "o");
  const columns = (values.find(([flag]) => flag === "o")?.[1] ?? "name,property,value,source").split(",");
  const [asked = "", ...rest] = words;
  if (!flags.has("H")) command.print(columns.map((column) => column.toUpperCase()).join("  "));
  for (const pool of pools(command, rest))
    for (const name of asked === "all" ? ["size", "free", "health", "ashift"] : asked.split(",")) {
      const cells: Record<string, string> = {
        name: pool,
        property: name,
        value: property(command, pool, name, flags.has("p")),
        source: "-",
      };
      command.print(columns.map((column) => cells[column] ?? "-").join(flags.has("H") ? "\t" : "  "));
    }
}

function status(command: Command, argv: readonly string[]): void {
  const { words } = readFlags("zpool status", argv, "xvPL", "");
  const shown = pools(command, words);
  if (shown.length === 0) return command.print("no pools available");
  for (const pool of shown) {
    const { layout = "single", disks = [] } = command.machine.state.pools[pool] ?? {};
    const group = layout === "single" ? [] : [`\t  ${layout}-0  ONLINE`];
    const lines = [`  pool: ${pool}`, " state: ONLINE", "config:", "", "\tNAME  STATE", `\t${pool}  ONLINE`, ...group];
    command.print(
      [
        ...lines,
        ...disks.map((disk) => `\t    ${disk.split("/").at(-1) ?? disk}  ONLINE`),
        "",
        "errors: No known data errors",
      ].join("\n"),
    );
  }
}
