import { encodeText } from "../../text/pve-text.js";
import type { GuestConfig, Section } from "../config/guest-config.js";
import { argument, type Call, flag, vmid } from "../host/command.js";
import { isRunning, type Kind, listGuests, loadConfig, writeConfig } from "../host/guests.js";
import { refuse } from "../host/refusal.js";
import { splitList } from "../../pve/check.js";
import { drivesOf, isCdrom, isCloudInit, parseDrive } from "../qm/drives.js";
import { parseMount } from "../pct/volumes.js";
import { parseSize } from "../storage/sizes.js";
import { compareKeys } from "../../text/order.js";

/** `qm config`, `pct config`: with what waits for a restart merged in, unless asked for the current values. */
export function showConfig(kind: Kind): (call: Call) => void {
  return (call) => {
    const config = loadConfig(call.machine, kind, vmid(call));
    const snapshot = call.args.values.get("snapshot");
    const section =
      snapshot === undefined
        ? config.current
        : (config.snapshots.get(snapshot) ?? refuse(`snapshot '${snapshot}' does not exist`));
    const shown = shownOptions(section);
    if (snapshot === undefined && !flag(call, "current")) mergePending(config, shown);
    for (const [name, value] of sorted(shown)) call.print(`${name}: ${value || " "}`);
    for (const [key, value] of section.raw) call.print(`${key}: ${value}`);
  };
}

/** `qm pending`, `pct pending` */
export function showPending(kind: Kind): (call: Call) => void {
  return (call) => {
    const config = loadConfig(call.machine, kind, vmid(call));
    const deletes = splitList(config.pending.options.get("delete") ?? "");
    const current = shownOptions(config.current);
    const names = new Set([...current.keys(), ...config.pending.options.keys()].filter((name) => name !== "delete"));
    for (const name of [...names].sort()) {
      const value = current.get(name);
      const pending = config.pending.options.get(name);
      if (value !== undefined) call.print(`${deletes.includes(name) ? "del" : "cur"} ${name}: ${value}`);
      if (pending !== undefined) call.print(`new ${name}: ${pending}`);
    }
  };
}

function shownOptions(section: Section): Map<string, string> {
  const shown = new Map(section.options);
  if (section.description !== undefined) shown.set("description", encodeText(section.description));
  if (shown.has("cipassword")) shown.set("cipassword", "**********");
  return shown;
}

function mergePending({ pending }: GuestConfig, shown: Map<string, string>): void {
  for (const name of splitList(pending.options.get("delete") ?? "")) shown.delete(name);
  for (const [name, value] of pending.options) if (name !== "delete") shown.set(name, value);
}

function sorted(options: ReadonlyMap<string, string>): [string, string][] {
  return [...options].sort(compareKeys);
}

/** `qm status`, `pct status` */
export function showStatus(kind: Kind): (call: Call) => void {
  return (call) => {
    const id = vmid(call);
    const { options } = loadConfig(call.machine, kind, id).current;
    const status = isRunning(call.machine, id) ? "running" : "stopped";
    if (!flag(call, "verbose")) return call.print(`status: ${status}`);
    const shown = new Map(statusDefaults(kind, options));
    for (const [name, value] of [
      ["status", status],
      ["vmid", `${id}`],
    ] as const)
      shown.set(name, value);
    for (const name of ["lock", "tags", "template"]) if (options.has(name)) shown.set(name, options.get(name) ?? "");
    for (const [name, value] of sorted(shown)) call.print(`${name}: ${value}`);
  };
}

/** What a status shows of a guest that does nothing. */
function statusDefaults(kind: Kind, options: ReadonlyMap<string, string>): [string, string][] {
  const bytes = (name: string): string => `${Number(options.get(name) ?? 512) * 1024 ** 2}`;
  const zeros = ["cpu", "disk", "diskread", "diskwrite", "mem", "netin", "netout", "uptime"].map(
    (name): [string, string] => [name, "0"],
  );
  const cpus = options.get("cores") ?? (kind === "vm" ? "1" : "2");
  const common: [string, string][] = [
    ...zeros,
    ["cpus", cpus],
    ["maxmem", bytes("memory")],
    ["name", options.get(kind === "vm" ? "name" : "hostname") ?? ""],
  ];
  if (kind === "vm") return common;
  const root = parseMount("rootfs", options.get("rootfs") ?? "").get("size") ?? "0";
  return [
    ...common.filter(([name]) => name !== "cpu"),
    ["maxdisk", `${parseSize(root) ?? 0}`],
    ["maxswap", bytes("swap")],
    ["swap", "0"],
    ["type", "lxc"],
  ];
}

/** `pct list` */
export function pctList(call: Call): void {
  const row = (cells: readonly string[]): string =>
    `${(cells[0] ?? "").padEnd(10)} ${(cells[1] ?? "").padEnd(10)} ${(cells[2] ?? "").padEnd(12)} ${(cells[3] ?? "").padEnd(20)}`;
  const guests = listGuests(call.machine).filter(({ kind }) => kind === "ct");
  if (guests.length > 0) call.print(row(["VMID", "Status", "Lock", "Name"]));
  for (const { id, name, running } of guests) {
    const lock = loadConfig(call.machine, "ct", id).current.options.get("lock") ?? "";
    call.print(row([`${id}`, running ? "running" : "stopped", lock, name]));
  }
}

/** `qm list` */
export function qmList(call: Call): void {
  const guests = listGuests(call.machine).filter(({ kind }) => kind === "vm");
  if (guests.length === 0) return;
  const row = (c: readonly string[]): string =>
    `${(c[0] ?? "").padStart(10)} ${(c[1] ?? "").padEnd(20)} ${(c[2] ?? "").padEnd(10)} ${(c[3] ?? "").padEnd(10)} ${(c[4] ?? "").padStart(12)} ${(c[5] ?? "").padEnd(10)}`;
  call.print(row(["VMID", "NAME", "STATUS", "MEM(MB)", "BOOTDISK(GB)", "PID"]));
  for (const { id, name, running } of guests) {
    const { options } = loadConfig(call.machine, "vm", id).current;
    const disk = drivesOf(options).find(([option, value]) => !isCdrom(option, value) && !isCloudInit(option, value));
    const size = disk === undefined ? 0 : (parseSize(parseDrive(disk[0], disk[1]).get("size") ?? "0") ?? 0);
    const cells = [
      `${id}`,
      name,
      running ? "running" : "stopped",
      options.get("memory") ?? "512",
      (size / 1024 ** 3).toFixed(2),
    ];
    call.print(row([...cells, `${call.machine.state.running[id] ?? 0}`]));
  }
}

/** `qm unlock`, `pct unlock` */
export function unlock(kind: Kind): (call: Call) => void {
  return (call) => {
    const config = loadConfig(call.machine, kind, vmid(call));
    config.current.options.delete("lock");
    writeConfig(call.machine, kind, vmid(call), config);
  };
}

/** `qm migrate`, `pct migrate`: there is no other node. */
export function migrate(call: Call): void {
  const target = argument(call, "target");
  if (target === call.machine.state.node) refuse(`target is local node.`, 2);
  refuse(`no such cluster node '${target}'`, 2);
}
