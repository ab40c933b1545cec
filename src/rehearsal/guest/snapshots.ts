import { copySection, type GuestConfig, type Section } from "../config/guest-config.js";
import { argument, type Call, flag, vmid } from "../host/command.js";
import { checkLock, isRunning, type Kind, loadConfig, setRunning, writeConfig } from "../host/guests.js";
import { copyFiles } from "../host/guest-files.js";
import { newUuid } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { pctVolumes } from "../pct/volumes.js";
import { startCt } from "../pct/lifecycle.js";
import { addUnused, driveVolume, drivesOf, isCdrom, isCloudInit } from "../qm/drives.js";
import { startVm } from "../qm/lifecycle.js";
import { getStorage } from "../storage/volume-names.js";
import {
  allocate,
  canSnapshot,
  checkRollback,
  dropVolumeSnapshot,
  freeVolume,
  snapshotVolume,
} from "../storage/volumes.js";

/** The volumes of a section that a snapshot covers; undefined for a mount that cannot be snapshotted at all. */
function volumesOf(kind: Kind, section: Section): (string | undefined)[] {
  if (kind === "ct")
    return pctVolumes(section.options).map(({ volume }) => (volume.startsWith("/") ? undefined : volume));
  return drivesOf(section.options).flatMap(([option, value]) => {
    const volid = driveVolume(option, value);
    return volid === undefined || isCdrom(option, value) || isCloudInit(option, value) ? [] : [volid];
  });
}

function snapshotVolumes(kind: Kind, section: Section): string[] {
  return volumesOf(kind, section).filter((volid) => volid !== undefined);
}

/** Options that a snapshot does not take. */
const notTaken = /^(?:lock|snaptime|snapstate|vmstate|unused\d+)$/;

/** `qm snapshot`, `pct snapshot` */
export function takeSnapshot(kind: Kind): (call: Call) => Promise<void> {
  return async (call) => {
    const { machine } = call;
    const [id, name] = [vmid(call), argument(call, "snapname")];
    if (name === "current") refuse("unable to use snapshot name 'current' (reserved name)", 2);
    const config = loadConfig(machine, kind, id);
    checkLock(kind, config);
    if (config.current.options.get("template") === "1") refuse("you can't take a snapshot if it's a template");
    if (config.snapshots.has(name)) refuse(`snapshot name '${name}' already used`);
    if (volumesOf(kind, config.current).some((volid) => volid === undefined || !canSnapshot(machine, volid)))
      refuse("snapshot feature is not available");
    const section = copySection(config.current);
    for (const option of [...section.options.keys()]) if (notTaken.test(option)) section.options.delete(option);
    delete section.description;
    const description = call.args.values.get("description");
    if (description !== undefined) section.description = description;
    section.options.set("snaptime", `${machine.state.clock}`);
    section.options.set("snapstate", "prepare");
    config.snapshots.set(name, section);
    config.current.options.set("lock", "snapshot");
    writeConfig(machine, kind, id, config);
    await call.midway();
    if (flag(call, "vmstate") && isRunning(machine, id)) saveState(call, id, name, section);
    if (kind === "vm" && isRunning(machine, id)) announceLive(call, id, section);
    for (const volid of snapshotVolumes(kind, section)) snapshotVolume(machine, volid, name);
    section.options.delete("snapstate");
    config.current.options.delete("lock");
    config.current.options.set("parent", name);
    copyFiles(machine, id, `${id}@${name}`);
    writeConfig(machine, kind, id, config);
  };
}

/** Saves the state of a running VM in a volume of its own: its RAM twice over and 500 MiB for the devices. */
function saveState(call: Call, id: number, name: string, section: Section): void {
  const { machine } = call;
  const store = section.options.get("vmstatestorage") ?? "local";
  call.print(`saving VM state and RAM using storage '${store}'`);
  const bytes = (Number(section.options.get("memory") ?? "512") * 2 + 500) * 1024 ** 2;
  const storage = getStorage(machine, store);
  section.options.set("vmstate", allocate(machine, { storage, owner: id, bytes, name: `vm-${id}-state-${name}` }));
  call.print("completed saving the VM state in 0s, saved 4.00 KiB");
}

/** What a snapshot of a running VM says. */
function announceLive(call: Call, id: number, section: Section): void {
  // A snapshot with the state of RAM needs no frozen file systems.
  const silent =
    !section.options.has("vmstate") && section.options.has("agent") && call.machine.state.manners[id]?.agent === false;
  if (silent) call.print("skipping guest filesystem freeze - agent configured but not running?");
  for (const [option, value] of drivesOf(section.options)) {
    const volid = driveVolume(option, value);
    if (volid === undefined || isCdrom(option, value) || isCloudInit(option, value)) continue;
    call.print(`snapshotting 'drive-${option}' (${volid})`);
    if (volid.endsWith(".qcow2")) call.print("internal qemu snapshot");
  }
}

/** `qm delsnapshot`, `pct delsnapshot` */
export function deleteSnapshot(kind: Kind): (call: Call) => Promise<void> {
  return async (call) => {
    const { machine } = call;
    const [id, name] = [vmid(call), argument(call, "snapname")];
    const config = loadConfig(machine, kind, id);
    if (!flag(call, "force")) checkLock(kind, config);
    const section = config.snapshots.get(name) ?? refuse(`snapshot '${name}' does not exist`);
    section.options.set("snapstate", "delete");
    config.current.options.set("lock", "snapshot-delete");
    writeConfig(machine, kind, id, config);
    await call.midway();
    for (const volid of snapshotVolumes(kind, section)) dropVolumeSnapshot(machine, volid, name);
    const state = section.options.get("vmstate");
    if (state !== undefined) freeVolume(machine, state);
    config.snapshots.delete(name);
    for (const other of [config.current, ...config.snapshots.values()])
      reparent(other, name, section.options.get("parent"));
    config.current.options.delete("lock");
    writeConfig(machine, kind, id, config);
  };
}

function reparent(section: Section, gone: string, parent: string | undefined): void {
  if (section.options.get("parent") !== gone) return;
  if (parent === undefined) section.options.delete("parent");
  else section.options.set("parent", parent);
}

/** `qm rollback`, `pct rollback` */
export function rollback(kind: Kind): (call: Call) => Promise<void> {
  return async (call) => {
    const { machine } = call;
    const [id, name] = [vmid(call), argument(call, "snapname")];
    const config = loadConfig(machine, kind, id);
    checkLock(kind, config);
    if (config.current.options.get("template") === "1") refuse("rollback is not possible for templates");
    const section = config.snapshots.get(name) ?? refuse(`snapshot '${name}' does not exist`);
    if (section.options.has("vmstate")) refuse("simulated host: unknown: a rollback to a state of RAM", 127);
    for (const volid of snapshotVolumes(kind, section)) checkRollback(machine, volid, name);
    config.current.options.set("lock", "rollback");
    writeConfig(machine, kind, id, config);
    await call.midway();
    if (isRunning(machine, id)) setRunning(machine, kind, id, false);
    applySnapshot(kind, call, config, name, section);
    copyFiles(machine, id, id, name);
    writeConfig(machine, kind, id, config);
    if (!flag(call, "start")) return;
    await (kind === "vm" ? startVm(call, id) : startCt(call, id));
  };
}

/** Puts a snapshot's configuration back; volumes that it does not know stay as unused ones. */
function applySnapshot(kind: Kind, call: Call, config: GuestConfig, name: string, section: Section): void {
  const { current } = config;
  const before = snapshotVolumes(kind, current);
  const unused = [...current.options].flatMap(([option, value]) =>
    /^unused\d+$/.test(option) ? [[option, value] as const] : [],
  );
  current.options.clear();
  for (const [option, value] of section.options)
    if (!/^snap(?:time|state)$/.test(option)) current.options.set(option, value);
  current.raw.splice(0, current.raw.length, ...copySection(section).raw);
  current.options.set("parent", name);
  if (kind === "vm") current.options.set("vmgenid", newUuid(call.machine));
  const used = snapshotVolumes(kind, current);
  for (const [option, value] of unused) current.options.set(option, value);
  for (const volid of before) if (!used.includes(volid)) addUnused(current, volid);
  for (const [option, value] of unused) if (used.includes(value)) current.options.delete(option);
  config.pending.options.clear();
}

/** `qm listsnapshot`, `pct listsnapshot` */
export function listSnapshots(kind: Kind): (call: Call) => void {
  return (call) => {
    const config = loadConfig(call.machine, kind, vmid(call));
    const print = (parent: string | undefined, depth: number): void => {
      for (const [name, section] of config.snapshots) {
        if (section.options.get("parent") !== parent) continue;
        call.print(treeLine(depth, name, section.options.get("snaptime"), section.description));
        print(name, depth + 1);
      }
      if (config.current.options.get("parent") === parent)
        call.print(treeLine(depth, "current", undefined, "You are here!"));
    };
    print(undefined, 0);
  };
}

function treeLine(depth: number, name: string, time: string | undefined, description: string | undefined): string {
  const when = time === undefined ? "" : new Date(Number(time) * 1000).toISOString().slice(0, 19).replace("T", " ");
  const words = (description ?? "no-description").split("\n")[0] ?? "";
  return `${" ".repeat(depth)}\`-> ${name.padEnd(27 - depth)} ${when.padEnd(23)} ${words}`;
}
