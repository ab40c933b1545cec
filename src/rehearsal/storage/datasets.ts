import { mkdirSync } from "node:fs";
import type { Dataset } from "../state.js";
import { type Machine, machinePath, removeHostFile } from "../host/machine.js";
import { getProperty, parentOf } from "./zfs-properties.js";

/** Where a dataset is mounted; undefined when it is not. */
export function mountpointOf(machine: Machine, name: string): string | undefined {
  const dataset = machine.state.datasets[name];
  if (dataset?.type !== "filesystem") return undefined;
  const value = getProperty(machine.state, name, "mountpoint", false)?.value;
  return value?.startsWith("/") === true ? value : undefined;
}

/** Makes a dataset; its parent must exist. */
export function makeDataset(machine: Machine, name: string, dataset: Partial<Dataset> & Pick<Dataset, "type">): void {
  machine.state.datasets[name] = { properties: {}, snapshots: [], ...dataset };
  mount(machine, name);
}

/** Makes the folder of a dataset where it is mounted. */
export function mount(machine: Machine, name: string): void {
  const at = mountpointOf(machine, name);
  if (at !== undefined) mkdirSync(machinePath(machine, at), { recursive: true });
}

/** Removes a dataset with all below it. */
export function dropDataset(machine: Machine, name: string): void {
  for (const below of datasetsBelow(machine, name)) dropDataset(machine, below);
  const at = mountpointOf(machine, name);
  if (at !== undefined) removeHostFile(machine, at);
  delete machine.state.datasets[name];
}

/** The datasets directly below. */
export function datasetsBelow(machine: Machine, name: string): string[] {
  return Object.keys(machine.state.datasets)
    .filter((other) => parentOf(other) === name)
    .sort();
}

/** Gives a dataset another name; its clones keep their origin. */
export function renameDataset(machine: Machine, from: string, to: string): void {
  const { datasets } = machine.state;
  const dataset = datasets[from];
  if (dataset === undefined) return;
  const at = mountpointOf(machine, from);
  if (at !== undefined) removeHostFile(machine, at);
  delete datasets[from];
  datasets[to] = dataset;
  for (const other of Object.values(datasets))
    if (other.origin?.startsWith(`${from}@`) === true) other.origin = `${to}${other.origin.slice(from.length)}`;
  mount(machine, to);
}

/** The clones of a dataset's snapshots. */
export function clonesOf(machine: Machine, name: string, snapshot?: string): string[] {
  const prefix = snapshot === undefined ? `${name}@` : `${name}@${snapshot}`;
  const isClone = (origin: string): boolean => (snapshot === undefined ? origin.startsWith(prefix) : origin === prefix);
  return Object.entries(machine.state.datasets).flatMap(([other, { origin }]) =>
    origin !== undefined && isClone(origin) ? [other] : [],
  );
}
