import { existsSync } from "node:fs";
import { copySection, emptyConfig, type Section } from "../config/guest-config.js";
import { cloneSource, copyFirewall, makeVolumes } from "../guest/making.js";
import { copyFiles } from "../host/guest-files.js";
import { type Call, flag, vmid } from "../host/command.js";
import {
  checkLock,
  configPath,
  findConfig,
  isRunning,
  loadConfig,
  ownerOf,
  writeConfig,
  writeLockOnly,
} from "../host/guests.js";
import { machinePath, newUuid } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { printSize } from "../storage/sizes.js";
import { getStorage, isZfs, parseVolume } from "../storage/volume-names.js";
import { allocate, makeBase, volumeSize } from "../storage/volumes.js";
import { driveVolume, drivesOf, isCdrom, isCloudInit, parseDrive, withVolume } from "./drives.js";
import { netWithNewMac } from "./options.js";

/** `qm clone` */
export async function qmClone(call: Call): Promise<void> {
  const { machine } = call;
  const [source, id] = [vmid(call), vmid(call, "newid")];
  const config =
    findConfig(machine, "vm", source) ??
    refuse(`unable to find configuration file for VM ${source} on node '${machine.state.node}'`, 2);
  const isTemplate = config.current.options.get("template") === "1";
  const full = flag(call, "full") || !isTemplate;
  if (!full && call.args.values.has("storage")) refuse("parameter 'storage' not allowed for linked clones", 2);
  checkLock("vm", config);
  const snapname = call.args.values.get("snapname");
  const from = cloneSource(call, config);
  if (existsSync(machinePath(machine, configPath("vm", id))))
    refuse(`unable to create VM ${id}: config file already exists`, 2);
  checkCloneable(call, from, full, snapname);
  call.print(`creating a clone of VM ${source} with ID ${id}`);
  if (ownerOf(machine, id) !== undefined)
    refuse(
      `close (rename) atomic file '/etc/pve/nodes/${machine.state.node}/qemu-server/${id}.conf' failed: File exists`,
    );
  writeLockOnly(machine, "vm", id, "clone");
  const current = cloneSection(call, from, source);
  const refusal = (message: string): string => `clone failed: ${message}`;
  await makeVolumes(call, { kind: "vm", id, refusal }, async (made) => {
    for (const [option, value] of drivesOf(from.options))
      current.options.set(option, cloneDrive(call, { id, option, value, full }, made));
    copyFirewall(machine, source, id);
    copyFiles(machine, source, id, call.args.values.get("snapname"));
    await call.midway();
  });
  writeConfig(machine, "vm", id, { ...emptyConfig(), current });
}

function checkCloneable(call: Call, from: Section, full: boolean, snapname: string | undefined): void {
  for (const [option, value] of drivesOf(from.options)) {
    const volid = driveVolume(option, value);
    if (volid === undefined || isCdrom(option, value) || isCloudInit(option, value)) continue;
    const volume = parseVolume(call.machine, volid);
    if (!full && !/^base(?:vol)?-/.test(volume.name))
      refuse(`Linked clone feature is not supported for drive '${option}'`);
    if (full && snapname !== undefined && isZfs(volume))
      refuse(`Full clone feature is not supported for drive '${option}'`);
  }
}

/** The configuration of a clone without its drives: what is the machine's own is new. */
function cloneSection(call: Call, from: Section, source: number): Section {
  const { machine } = call;
  const section = copySection(from);
  const { options } = section;
  for (const name of [...options.keys()])
    if (/^unused\d+$/.test(name) || ["template", "lock", "parent", "snaptime", "vmstate"].includes(name))
      options.delete(name);
  for (const [name, value] of options) if (/^net\d+$/.test(name)) options.set(name, netWithNewMac(machine, value));
  const smbios = (options.get("smbios1") ?? "").split(",").filter((part) => part !== "" && !part.startsWith("uuid="));
  options.set("smbios1", [`uuid=${newUuid(machine)}`, ...smbios].join(","));
  options.set("vmgenid", newUuid(machine));
  options.set("name", call.args.values.get("name") ?? `Copy-of-VM-${options.get("name") ?? source}`);
  const description = call.args.values.get("description");
  if (description !== undefined) section.description = description;
  return section;
}

interface DriveClone {
  readonly id: number;
  readonly option: string;
  readonly value: string;
  readonly full: boolean;
}

function cloneDrive(call: Call, clone: DriveClone, made: string[]): string {
  const { machine } = call;
  const { id, option, value, full } = clone;
  const volid = driveVolume(option, value);
  if (volid === undefined || isCdrom(option, value)) return value;
  const volume = parseVolume(machine, volid);
  const bytes = volumeSize(machine, volid);
  if (!full && !isCloudInit(option, value)) {
    call.print(`create linked clone of drive ${option} (${volid})`);
    const format = volume.storage.options.has("path") ? { format: "qcow2" } : {};
    const linked = allocate(machine, { storage: volume.storage, owner: id, bytes, base: volid, ...format });
    made.push(linked);
    return withVolume(option, value, linked);
  }
  call.print(`create full clone of drive ${option} (${volid})`);
  const storage = getStorage(machine, call.args.values.get("storage") ?? volume.storage.id);
  const format = call.args.values.get("format") ?? (storage.options.has("path") ? volume.format : "raw");
  const name = isCloudInit(option, value) ? { name: `vm-${id}-cloudinit` } : {};
  const target = allocate(machine, { storage, owner: id, bytes, format, ...name });
  made.push(target);
  call.print(`allocated target volume '${target}'`);
  return withVolume(option, value, target, parseDrive(option, value).get("size") ?? printSize(bytes));
}

/** `qm template` */
export function qmTemplate(call: Call): void {
  const id = vmid(call);
  const { machine } = call;
  const config = loadConfig(machine, "vm", id);
  checkLock("vm", config);
  if (config.snapshots.size > 0) refuse("unable to create template, because VM contains snapshots");
  if (config.current.options.get("template") === "1") refuse("you can't convert a template to a template");
  if (isRunning(machine, id)) refuse("you can't convert a VM to template if VM is running");
  config.current.options.set("template", "1");
  for (const [option, value] of drivesOf(config.current.options)) {
    const volid = driveVolume(option, value);
    if (volid !== undefined && !isCdrom(option, value) && !isCloudInit(option, value))
      config.current.options.set(option, withVolume(option, value, makeBase(machine, volid)));
  }
  writeConfig(machine, "vm", id, config);
}
