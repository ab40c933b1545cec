import { existsSync } from "node:fs";
import { copySection, emptyConfig, type GuestConfig, type Section } from "../config/guest-config.js";
import { cloneSource, copyFirewall, makeVolumes } from "../guest/making.js";
import { copyFiles } from "../host/guest-files.js";
import { type Call, flag, vmid } from "../host/command.js";
import { checkLock, configPath, isRunning, loadConfig, ownerOf, writeConfig, writeLockOnly } from "../host/guests.js";
import { machinePath } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { printSize } from "../storage/sizes.js";
import { getStorage, parseVolume } from "../storage/volume-names.js";
import { allocate, volumeSize } from "../storage/volumes.js";
import { ctNetWithNewMac } from "./options.js";
import { type Mount, pctVolumes, printMount } from "./volumes.js";

/** `pct clone`: linked for templates unless `--full`, otherwise always full. */
export async function pctClone(call: Call): Promise<void> {
  const { machine } = call;
  const [source, id] = [vmid(call), vmid(call, "newid")];
  const config = loadConfig(machine, "ct", source);
  const linked = config.current.options.get("template") === "1" && !flag(call, "full");
  if (linked && call.args.values.has("storage")) refuse("parameter 'storage' not allowed for linked clones", 2);
  checkLock("ct", config);
  const snapname = call.args.values.get("snapname");
  const from = cloneSource(call, config);
  if (existsSync(machinePath(machine, configPath("ct", id))))
    refuse(`CT ${id} already exists on node '${machine.state.node}'`, 2);
  if (!linked && snapname === undefined && isRunning(machine, source))
    refuse("Cannot do full clones on a running container without snapshots");
  checkCloneable(from, linked);
  call.print(`creating a clone of container ${source} with ID ${id}`);
  if (ownerOf(machine, id) !== undefined)
    refuse(`close (rename) atomic file '/etc/pve/nodes/${machine.state.node}/lxc/${id}.conf' failed: File exists`);
  await makeClone(call, source, config, from, linked);
}

function checkCloneable(from: Section, linked: boolean): void {
  for (const { option, volume } of pctVolumes(from.options)) {
    if (volume.startsWith("/")) refuse(`unable to clone mountpoint '${option}' (type bind)`);
    if (linked && !/[:/]base(?:vol)?-[^/]*$/.test(volume))
      refuse(`Linked clone feature for '${volume}' is not available`, 2);
  }
}

async function makeClone(
  call: Call,
  source: number,
  config: GuestConfig,
  from: Section,
  linked: boolean,
): Promise<void> {
  const { machine } = call;
  const id = vmid(call, "newid");
  const current = cloneSection(call, from);
  writeLockOnly(machine, "ct", id, "create");
  config.current.options.set("lock", "disk");
  writeConfig(machine, "ct", source, config);
  const refusal = (message: string): string => `clone failed: ${message}`;
  const undo = (): void => unlockSource(call, source);
  await makeVolumes(call, { kind: "ct", id, refusal, undo }, async (made) => {
    for (const mount of pctVolumes(from.options))
      current.options.set(mount.option, cloneMount(call, id, mount, linked, made));
    copyFirewall(machine, source, id);
    copyFiles(machine, source, id, call.args.values.get("snapname"));
    await call.midway();
  });
  unlockSource(call, source);
  writeConfig(machine, "ct", id, { ...emptyConfig(), current });
}

function unlockSource(call: Call, source: number): void {
  const config = loadConfig(call.machine, "ct", source);
  config.current.options.delete("lock");
  writeConfig(call.machine, "ct", source, config);
}

function cloneSection(call: Call, from: Section): Section {
  const section = copySection(from);
  const { options } = section;
  for (const name of [...options.keys()])
    if (/^unused\d+$/.test(name) || ["template", "lock", "parent", "snaptime"].includes(name)) options.delete(name);
  for (const [name, value] of options)
    if (/^net\d+$/.test(name)) options.set(name, ctNetWithNewMac(call.machine, value));
  const hostname = call.args.values.get("hostname");
  if (hostname !== undefined) options.set("hostname", hostname);
  // A snapshot's comment is its own: the container's description is lost with it.
  if (call.args.values.has("snapname")) delete section.description;
  const description = call.args.values.get("description");
  if (description !== undefined) section.description = description;
  return section;
}

function cloneMount(call: Call, id: number, mount: Mount, linked: boolean, made: string[]): string {
  const { machine } = call;
  const { option, volume, keys } = mount;
  const from = parseVolume(machine, volume);
  call.print(`create ${linked ? "linked" : "full"} clone of mountpoint ${option} (${volume})`);
  const storage = linked ? from.storage : getStorage(machine, call.args.values.get("storage") ?? from.storage.id);
  const bytes = volumeSize(machine, volume);
  const volid = allocate(machine, { storage, owner: id, bytes, format: "subvol", ...(linked ? { base: volume } : {}) });
  made.push(volid);
  const size = keys.get("size") ?? printSize(bytes);
  return printMount(option, new Map([...keys, ["volume", volid], ["size", size]]));
}
