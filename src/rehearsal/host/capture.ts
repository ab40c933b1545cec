import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { HostState } from "../state.js";
import { readImage } from "./images.js";
import { type Machine, machinePath } from "./machine.js";

/** Folders whose text files are part of the host's state. */
const kept = [
  "/boot",
  "/etc",
  "/proc/cmdline",
  "/proc/driver",
  "/proc/sys/kernel/random",
  "/root",
  "/sys/bus/pci",
  "/usr/lib/modules",
  "/var/lib/dpkg",
  "/var/lib/phxc",
  "/var/lib/vz/snippets",
];

/** What the layout of a host writes anew from its state. */
const GIVEN = /^\/etc\/(?:hostname$|localtime$|pve\/(?:\.|local\/|qemu-server\/|lxc\/))/;

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

function keep(machine: Machine, state: HostState, path: string): void {
  const at = machinePath(machine, path);
  const mode = (statSync(at).mode & 0o7777).toString(8);
  state.files[path] = readFileSync(at, "utf8");
  delete state.modes[path];
  if (mode !== "644" && !path.startsWith("/etc/pve/")) state.modes[path] = mode;
}

/** The host as data: the state in memory with the files that belong to it. */
export function captureState(machine: Machine): HostState {
  const state = structuredClone(machine.state);
  for (const path of Object.keys(state.files))
    if (statSync(machinePath(machine, path), { throwIfNoEntry: false }) === undefined) delete state.files[path];
  for (const path of kept.flatMap((top) => filesBelow(machine, top)).filter((path) => !GIVEN.test(path)))
    keep(machine, state, path);
  for (const path of filesBelow(machine, "/var/lib/vz/template")) {
    const image = readImage(machinePath(machine, path));
    if (image === undefined) state.files[path] = readFileSync(machinePath(machine, path), "utf8");
    else state.images[path] = image;
  }
  return state;
}
