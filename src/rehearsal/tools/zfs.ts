import type { Command } from "../host/command.js";
import { refuse } from "../host/refusal.js";
import { machinePath } from "../host/machine.js";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { clonesOf, datasetsBelow, dropDataset, makeDataset, mount, mountpointOf } from "../storage/datasets.js";
import { parseZfsSize, printZfsSize } from "../storage/sizes.js";
import type { HostState } from "../state.js";
import {
  appliesTo,
  getProperty,
  isDecided,
  isInherited,
  neededBy,
  parentOf,
  propertyNames,
  readProperty,
} from "../storage/zfs-properties.js";
import { readFlags } from "./flags.js";
import { allow, unallow } from "./zfs-allow.js";
import { loadKey, mountDatasets, newKey, unmountDataset } from "./zfs-keys.js";

/** What is wrong with the name of a new dataset. */
function nameProblem(name: string): string | undefined {
  if (name.includes("@")) return "snapshot delimiter '@' is not expected here";
  const [bad] = /[^A-Za-z0-9_.:/ -]/.exec(name) ?? [];
  if (bad !== undefined) return `invalid character '${bad}' in name`;
  if (name.split("/").includes("")) return "empty component or misplaced '@' or '#' delimiter in name";
  return /^[A-Za-z]/.test(name) ? undefined : "name must begin with a letter";
}

/** `zfs create|set|inherit|get|list|destroy|snapshot|load-key|mount|unmount|allow|unallow` */
export async function zfs(command: Command, argv: readonly string[]): Promise<void> {
  const [verb = "", ...rest] = argv;
  const verbs: Record<string, (command: Command, argv: readonly string[]) => void | Promise<void>> = {
    create,
    set,
    get,
    list,
    destroy,
    inherit,
    snapshot,
    "load-key": loadKey,
    mount: mountDatasets,
    unmount: unmountDataset,
    allow,
    unallow,
  };
  const handler = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (handler === undefined) return refuse(`simulated host: unknown: zfs ${verb}`, 127);
  await handler(command, rest);
}

/** Reads `name=value` words into properties, or refuses with `what` before the reason: a new dataset with 1, one that is set with 255. */
export function readAssignments(
  words: readonly string[],
  what: string,
  type: "filesystem" | "volume" = "filesystem",
  code = 1,
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const word of words) {
    const [, key = "", value] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    if (value === undefined) return refuse("missing '=' for property=value argument", 1);
    if (Object.hasOwn(result, key)) return refuse(`property '${key}' specified multiple times`, 1);
    const read = readProperty(key, value);
    if ("problem" in read) return refuse(`${what}: ${read.problem}`, code);
    if (!appliesTo(key, type)) return refuse(`${what}: '${key}' does not apply to datasets of this type`, code);
    if (type === "filesystem" && key === "refreservation" && value === "auto")
      return refuse(`${what}: 'refreservation=auto' only allowed on volumes`, code);
    result[key] = read.value;
  }
  return result;
}

async function create(command: Command, argv: readonly string[]): Promise<void> {
  const { flags, values, words } = readFlags("zfs create", argv, "pus", "oVb");
  const dataset = words[0] ?? refuse("missing filesystem argument", 2);
  const { state } = command.machine;
  const failure = `cannot create '${dataset}'`;
  const volume = values.find(([flag]) => flag === "V")?.[1];
  const properties = readAssignments(
    values.filter(([flag]) => flag === "o").map(([, value]) => value),
    failure,
    volume === undefined ? "filesystem" : "volume",
  );
  const wrong = nameProblem(dataset);
  if (wrong !== undefined) refuse(`${failure}: ${wrong}`, 1);
  if (state.datasets[dataset] !== undefined) {
    if (flags.has("p")) return;
    refuse(`${failure}: dataset already exists`, 1);
  }
  const pool = dataset.split("/")[0] ?? "";
  if (state.pools[pool] === undefined) refuse(`${failure}: no such pool '${pool}'`, 1);
  const parent = parentOf(dataset) ?? pool;
  if (state.datasets[parent] === undefined) {
    if (!flags.has("p")) refuse(`${failure}: parent does not exist`, 1);
    await create(command, ["-p", parent]);
  }
  const room = state.pools[pool]?.size ?? 0;
  const isTooMuch = (text: string | undefined): boolean => Number(text ?? 0) > room;
  if (isTooMuch(properties["reservation"]) || isTooMuch(properties["refreservation"]))
    refuse(`${failure}: out of space`, 1);
  const key = await newKey(command, dataset, properties);
  const keyed = key === undefined ? {} : { key };
  if (volume === undefined) {
    makeDataset(command.machine, dataset, { type: "filesystem", properties, ...keyed, unmounted: true });
    await command.midway();
    if ((properties["canmount"] ?? "on") === "on") delete command.machine.state.datasets[dataset]?.unmounted;
  } else {
    if (properties["refreservation"] === "auto") refuse(`${failure}: out of space`, 1);
    const volsize = parseZfsSize(volume) ?? refuse(`bad volume size '${volume}': bad numeric value '${volume}'`, 1);
    if (!flags.has("s") && volsize > room) refuse(`${failure}: out of space`, 1);
    if (!flags.has("s")) properties["refreservation"] ??= "auto";
    makeDataset(command.machine, dataset, { type: "volume", properties, ...keyed, volsize });
    reserve(command, dataset);
  }
}

/** `refreservation=auto` of a volume becomes the number that it stands for. */
function reserve({ machine: { state } }: Command, dataset: string): void {
  const target = state.datasets[dataset];
  if (target?.properties["refreservation"] !== "auto") return;
  const block = Number(getProperty(state, dataset, "volblocksize", true)?.value ?? 0);
  target.properties["refreservation"] = String(neededBy(target.volsize ?? 0, block));
}

function set(command: Command, argv: readonly string[]): void {
  const { words } = readFlags("zfs set", argv, "u", "");
  const assignments = words.filter((word) => word.includes("="));
  const datasets = words.filter((word) => !word.includes("="));
  if (assignments.length === 0) refuse("missing property=value argument(s)", 2);
  if (datasets.length === 0) refuse("missing dataset name(s)", 2);
  for (const dataset of datasets) {
    const target =
      command.machine.state.datasets[dataset] ?? refuse(`cannot open '${dataset}': dataset does not exist`, 1);
    const failure = `cannot set property for '${dataset}'`;
    const properties = readAssignments(assignments, failure, target.type, 255);
    const fixed = Object.keys(properties).find(isDecided);
    if (fixed !== undefined) refuse(`${failure}: '${fixed}' is readonly`, 255);
    const isPlain = getProperty(command.machine.state, dataset, "encryption", false)?.value === "off";
    if (isPlain && (properties["keylocation"] ?? "none") !== "none")
      refuse(`${failure}: keylocation must be 'none' for unencrypted datasets`, 255);
    checkLimits(command, dataset, properties);
    const volsize = Number(properties["volsize"] ?? Infinity);
    if (volsize < (target.volsize ?? 0)) refuse(`simulated host: a volume would shrink: ${dataset}`, 127);
    const before = mountpointOf(command.machine, dataset);
    const kept = Number(target.properties["refreservation"] ?? 0);
    Object.assign(target.properties, properties);
    if (properties["canmount"] === "off") target.unmounted = true;
    if (properties["volsize"] !== undefined) {
      // What is kept free grows with the volume.
      if (kept > (target.volsize ?? 0)) target.properties["refreservation"] = properties["refreservation"] ?? "auto";
      target.volsize = Number(properties["volsize"]);
    }
    reserve(command, dataset);
    if (properties["mountpoint"] !== undefined) remount(command, dataset, before);
  }
}

/** Refuses a limit below what is used, and more than can be kept free. */
function checkLimits(
  { machine: { state } }: Command,
  dataset: string,
  properties: Readonly<Record<string, string>>,
): void {
  const failure = `cannot set property for '${dataset}'`;
  const number = (name: string, at = dataset): number => Number(getProperty(state, at, name, true)?.value ?? 0);
  for (const name of ["quota", "refquota"]) {
    const limit = Number(properties[name] === "none" ? Infinity : (properties[name] ?? Infinity));
    if (limit < number("used")) refuse(`${failure}: size is less than current used or reserved space`, 255);
  }
  const room = state.pools[dataset.split("/")[0] ?? ""]?.size ?? Infinity;
  const most = Math.min(room, number("quota") === 0 ? Infinity : number("quota"));
  for (const name of ["reservation", "refreservation"]) {
    if (Number(properties[name] ?? 0) > most) refuse(`${failure}: size is greater than available space`, 255);
  }
}

/** `zfs inherit [-rS] PROPERTY DATASET...` */
function inherit(command: Command, argv: readonly string[]): void {
  const { words } = readFlags("zfs inherit", argv, "S", "");
  const [property = "", ...datasets] = words;
  if (datasets.length === 0) refuse("missing dataset argument", 2);
  if (!property.includes(":") && !propertyNames.includes(property)) refuse(`invalid property '${property}'`, 2);
  if (property === "type") refuse("type property is read-only", 1);
  if (!property.includes(":") && !isInherited(property))
    refuse(
      `'${property}' property cannot be inherited\nuse 'zfs set ${property}=none' to clear\nuse 'zfs inherit -S ${property}' to revert to received value`,
      1,
    );
  for (const dataset of datasets) {
    const target =
      command.machine.state.datasets[dataset] ?? refuse(`cannot open '${dataset}': dataset does not exist`, 1);
    const before = mountpointOf(command.machine, dataset);
    delete target.properties[property];
    if (property === "mountpoint") remount(command, dataset, before);
  }
}

/** Moves the folder of a dataset to where it is mounted now. */
function remount({ machine }: Command, dataset: string, before: string | undefined): void {
  const now = mountpointOf(machine, dataset);
  const [from, to] = [before, now].map((path) => (path === undefined ? undefined : machinePath(machine, path)));
  if (from !== undefined && to !== undefined && existsSync(from) && !existsSync(to)) {
    mkdirSync(dirname(to), { recursive: true });
    renameSync(from, to);
  }
  mount(machine, dataset);
}

/** The datasets that a listing is about. */
function selected(
  command: Command,
  words: readonly string[],
  depth: number,
): { readonly found: string[]; readonly missing: string[] } {
  const { state } = command.machine;
  const below = (dataset: string, left: number): string[] => [
    dataset,
    ...(left > 0 ? datasetsBelow(command.machine, dataset).flatMap((child) => below(child, left - 1)) : []),
  ];
  const tops = words.length > 0 ? words : Object.keys(state.pools).sort();
  const exists = (word: string): boolean => {
    const [dataset = "", snap] = word.split("@");
    const known = state.datasets[dataset];
    return known !== undefined && (snap === undefined || known.snapshots.includes(snap));
  };
  const found = tops
    .filter(exists)
    .flatMap((top) => (top.includes("@") ? [top] : below(top, words.length > 0 ? depth : Infinity)));
  return { found, missing: tops.filter((word) => !exists(word)) };
}

function depthOf(flags: ReadonlySet<string>, values: readonly (readonly [string, string])[]): number {
  const depth = values.find(([flag]) => flag === "d")?.[1];
  return depth === undefined ? (flags.has("r") ? Infinity : 0) : Number(depth);
}

function endListing(missing: readonly string[]): void {
  if (missing.length > 0) refuse(missing.map((word) => `cannot open '${word}': dataset does not exist\n`).join(""), 1);
}

function get(command: Command, argv: readonly string[]): void {
  const { flags, values, words } = readFlags("zfs get", argv, "rHp", "dost");
  const columns = (values.find(([flag]) => flag === "o")?.[1] ?? "name,property,value,source").split(",");
  const sources = (
    values.find(([flag]) => flag === "s")?.[1] ?? "local,default,inherited,temporary,received,none"
  ).split(",");
  const [asked = refuse("missing property argument", 2), ...datasets] = words;
  const properties = asked === "all" ? [...propertyNames] : asked.split(",");
  const { found, missing } = selected(command, datasets, depthOf(flags, values));
  for (const property of properties)
    if (!property.includes(":") && !knownProperty(command, property))
      refuse(`bad property list: invalid property '${property}'`, 2);
  if (!flags.has("H")) command.print(columns.map((column) => column.toUpperCase()).join("  "));
  const own = found.filter((word) => !word.includes("@"));
  for (const dataset of datasets.length > 1 ? [...new Set(own)].sort() : own)
    for (const property of properties) {
      const value = getProperty(command.machine.state, dataset, property, flags.has("p"));
      if (value === undefined || !sources.includes(sourceKind(value.source))) continue;
      const cells: Record<string, string> = { name: dataset, property, value: value.value, source: value.source };
      command.print(columns.map((column) => cells[column] ?? "-").join(flags.has("H") ? "\t" : "  "));
    }
  endListing(missing);
}

/** The word of `-s` for where a value comes from. */
function sourceKind(source: string): string {
  return source === "-" ? "none" : (source.split(" ")[0] ?? "");
}

function knownProperty({ machine }: Command, property: string): boolean {
  const any = Object.keys(machine.state.datasets)[0];
  return (
    any === undefined ||
    propertyNames.includes(property) ||
    getProperty(machine.state, any, property, false) !== undefined
  );
}

function list(command: Command, argv: readonly string[]): void {
  const { flags, values, words } = readFlags("zfs list", argv, "rHp", "dotsS");
  const columns = (values.find(([flag]) => flag === "o")?.[1] ?? "name,used,available,referenced,mountpoint").split(
    ",",
  );
  const types = (values.find(([flag]) => flag === "t")?.[1] ?? "filesystem,volume")
    .split(",")
    .map((type) => ({ fs: "filesystem", vol: "volume", snap: "snapshot" })[type] ?? type);
  const { found, missing } = selected(command, words, depthOf(flags, values));
  if (found.length === 0 && missing.length === 0) return command.warn("no datasets available");
  const titles: Record<string, string> = { available: "AVAIL", referenced: "REFER" };
  const rows = found
    .flatMap((dataset) => rowsOf(command, dataset, types))
    .map((row) => columns.map((column) => cell(command, row, column, flags.has("p"))));
  if (flags.has("H")) for (const row of rows) command.print(row.join("\t"));
  else printTable(command, [columns.map((column) => titles[column] ?? column.toUpperCase()), ...rows]);
  endListing(missing);
}

/** Rows with their cells below each other: sizes to the right, names to the left. */
function printTable(command: Command, rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  for (const row of rows) {
    const cells = row.map((text, i) => {
      const isSize = ["USED", "AVAIL", "REFER"].includes(rows[0]?.[i] ?? "");
      return isSize ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0);
    });
    command.print(cells.join("  ").trimEnd());
  }
}

/** A dataset and its snapshots, as far as their types are asked for. */
function rowsOf({ machine }: Command, dataset: string, types: readonly string[]): string[] {
  const all = types.includes("all");
  if (dataset.includes("@")) return [dataset];
  const known = machine.state.datasets[dataset];
  const own = all || types.includes(known?.type ?? "") ? [dataset] : [];
  const snapshots =
    all || types.includes("snapshot") ? (known?.snapshots ?? []).map((snap) => `${dataset}@${snap}`) : [];
  return [...own, ...snapshots];
}

function cell({ machine }: Command, row: string, column: string, exact: boolean): string {
  if (column === "name") return row;
  if (row.includes("@")) return snapshotCell(machine.state, row, column, exact);
  const property = { used: "used", avail: "available", refer: "referenced" }[column] ?? column;
  return (
    getProperty(machine.state, row, property, exact)?.value ??
    refuse(`bad property list: invalid property '${column}'`, 2)
  );
}

/** A fresh snapshot holds nothing of its own and refers to all that its dataset does. */
function snapshotCell(state: HostState, row: string, column: string, exact: boolean): string {
  if (column === "type") return "snapshot";
  if (column === "used") return printZfsSize(0, exact);
  const isReferenced = column === "refer" || column === "referenced";
  return (isReferenced ? getProperty(state, row.split("@")[0] ?? "", "referenced", exact)?.value : undefined) ?? "-";
}

function destroy(command: Command, argv: readonly string[]): void {
  const { flags, words } = readFlags("zfs destroy", argv, "rRfnvp", "");
  const target = words[0] ?? refuse("missing dataset argument", 2);
  const { machine } = command;
  const [dataset = "", snap] = target.split("@");
  const known = machine.state.datasets[dataset];
  if (known === undefined) return refuse(`cannot open '${target}': dataset does not exist`, 1);
  if (snap === undefined && !dataset.includes("/"))
    refuse(
      `cannot destroy '${dataset}': operation does not apply to pools\nuse 'zfs destroy -r ${dataset}' to destroy all datasets in the pool\nuse 'zpool destroy ${dataset}' to destroy the pool itself`,
      1,
    );
  const clones = clonesOf(machine, dataset, snap);
  if (clones.length > 0)
    refuse(
      `cannot destroy '${target}': ${snap === undefined ? "filesystem" : "snapshot"} has dependent clones\nuse '-R' to destroy the following datasets:\n${clones.join("\n")}`,
      1,
    );
  if (snap !== undefined) {
    if (!known.snapshots.includes(snap)) refuse(`could not find any snapshots to destroy; check snapshot names.`, 1);
    known.snapshots = known.snapshots.filter((other) => other !== snap);
    return;
  }
  const below = [...datasetsBelow(machine, dataset), ...known.snapshots.map((other) => `${dataset}@${other}`)];
  if (below.length > 0 && !flags.has("r"))
    refuse(
      `cannot destroy '${target}': ${known.type} has children\nuse '-r' to destroy the following datasets:\n${below.join("\n")}`,
      1,
    );
  dropDataset(machine, dataset);
}

function snapshot(command: Command, argv: readonly string[]): void {
  const { words } = readFlags("zfs snapshot", argv, "r", "o");
  for (const word of words) {
    const [dataset = "", snap] = word.split("@");
    if (snap === undefined) return refuse("usage:", 2);
    const known =
      command.machine.state.datasets[dataset] ?? refuse(`cannot open '${dataset}': dataset does not exist`, 2);
    if (known.snapshots.includes(snap)) refuse(`cannot create snapshot '${word}': dataset already exists`, 1);
    known.snapshots.push(snap);
  }
}
