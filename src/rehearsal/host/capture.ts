import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { HostState } from "../state.js";
import { readImage } from "./images.js";
import { type Machine, machinePath } from "./machine.js";

/** Folders whose text files are part of the host's state. */
const kept = [
  "/etc/network",
  "/etc/pve/nodes",
  "/etc/pve/firewall",
  "/etc/pve/storage.cfg",
  "/var/lib/phxc",
  "/var/lib/vz/snippets",
];

/** The files below a path, as the host sees them. */
export function filesBelow(machine: Pick<Machine, "root">, path: string): string[] {
  const at = machinePath(machine, path);
  const stat = statSync(at, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (!stat.isDirectory()) return [path];
  return readdirSync(at)
    .sort()
    .flatMap((name) => filesBelow(machine, join(path, name)));
}

/** The host as data: the state in memory with the files that belong to it. */
export function captureState(machine: Machine): HostState {
  const state = structuredClone(machine.state);
  for (const path of Object.keys(state.files))
    if (statSync(machinePath(machine, path), { throwIfNoEntry: false }) === undefined) delete state.files[path];
  for (const path of kept.flatMap((top) => filesBelow(machine, top)))
    state.files[path] = readFileSync(machinePath(machine, path), "utf8");
  for (const path of filesBelow(machine, "/var/lib/vz/template")) {
    const image = readImage(machinePath(machine, path));
    if (image === undefined) state.files[path] = readFileSync(machinePath(machine, path), "utf8");
    else state.images[path] = image;
  }
  return state;
}
