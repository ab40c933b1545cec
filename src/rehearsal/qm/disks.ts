import { type Call, argument, flag, vmid } from "../host/command.js";
import { checkDigest, checkLock, loadConfig, writeConfig } from "../host/guests.js";
import { Refusal, refuse } from "../host/refusal.js";
import { splitList } from "../../pve/check.js";
import { parseSize, printSize, sayBytes } from "../storage/sizes.js";
import { getStorage, parseVolume } from "../storage/volume-names.js";
import { allocate, freeVolume, makeBase, volumeSize } from "../storage/volumes.js";
import {
  addUnused,
  driveVolume,
  imageSize,
  parseDrive,
  removeDrive,
  resizeDrive,
  setDrive,
  withVolume,
} from "./drives.js";

/** Bytes that a size argument asks for: `+1G` is relative, no unit means bytes. */
export function askedSize(size: string, now: number): number {
  const bytes = parseSize(size.replace(/^\+/, "")) ?? 0;
  return size.startsWith("+") ? now + bytes : bytes;
}

/** `qm disk resize`: ends with 0 whatever happens, as the genuine one does. */
export function qmResize(call: Call): void {
  try {
    resize(call);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    call.warn(error.message.trimEnd());
  }
}

function resize(call: Call): void {
  const id = vmid(call);
  const { machine } = call;
  const config = loadConfig(machine, "vm", id);
  checkDigest(machine, "vm", id, call.args.values.get("digest"));
  if (!flag(call, "skiplock")) checkLock("vm", config);
  const disk = argument(call, "disk");
  const volid = driveVolume(disk, config.current.options.get(disk) ?? "");
  if (volid === undefined) return refuse(`disk '${disk}' does not exist`);
  const now = volumeSize(machine, volid);
  const bytes = askedSize(argument(call, "size"), now);
  if (bytes < now) refuse("shrinking disks is not supported");
  if (bytes === now) return;
  resizeDrive(machine, config.current, disk, bytes);
  writeConfig(machine, "vm", id, config);
}

/** `qm disk import` */
export async function qmImport(call: Call): Promise<void> {
  const id = vmid(call);
  const { machine } = call;
  const config = loadConfig(machine, "vm", id);
  const source = argument(call, "source");
  const bytes = imageSize(call, source) ?? refuse(`${source}: non-existent or non-regular file`, 2);
  const storage = getStorage(machine, argument(call, "storage"));
  checkLock("vm", config);
  call.print(`importing disk '${source}' to VM ${id} ...`);
  const format = call.args.values.get("format");
  const volid = allocate(machine, { storage, owner: id, bytes, ...(format === undefined ? {} : { format }) });
  await call.midway();
  call.print(`transferred ${sayBytes(bytes)} of ${sayBytes(bytes)} (100.00%)`);
  const target = call.args.values.get("target-disk");
  if (target === undefined) addUnused(config.current, volid);
  else setDrive(machine, config, target, volid);
  const name = target ?? [...config.current.options].find(([, value]) => value === volid)?.[0] ?? "unused0";
  writeConfig(machine, "vm", id, config);
  call.print(`${name}: successfully imported disk '${volid}'`);
}

/** `qm disk unlink` */
export function qmUnlink(call: Call): void {
  const id = vmid(call);
  const { machine } = call;
  const config = loadConfig(machine, "vm", id);
  checkLock("vm", config);
  const ids = splitList(argument(call, "idlist"));
  call.print(`update VM ${id}: -delete ${ids.join(",")}${flag(call, "force") ? " -force 1" : ""}`);
  for (const option of ids) {
    const unused = /^unused\d+$/.test(option) ? config.current.options.get(option) : undefined;
    if (unused === undefined) removeDrive(machine, config, option, flag(call, "force"));
    else {
      config.current.options.delete(option);
      freeVolume(machine, unused);
    }
  }
  writeConfig(machine, "vm", id, config);
}

/** `qm disk move` */
export async function qmMove(call: Call): Promise<void> {
  const id = vmid(call);
  const { machine } = call;
  const config = loadConfig(machine, "vm", id);
  checkDigest(machine, "vm", id, call.args.values.get("digest"));
  checkLock("vm", config);
  const disk = argument(call, "disk");
  const value = config.current.options.get(disk) ?? "";
  const volid = driveVolume(disk, value);
  if (volid === undefined) return refuse(`disk '${disk}' does not exist`);
  const storage = getStorage(
    machine,
    call.args.values.get("storage") ?? refuse("either set 'storage' or 'target-vmid'", 2),
  );
  const format = call.args.values.get("format");
  if (storage.id === parseVolume(machine, volid).storage.id && format === undefined)
    refuse("you can't move to the same storage with same format");
  const bytes = volumeSize(machine, volid);
  const isTemplate = config.current.options.get("template") === "1";
  const target = allocate(machine, { storage, owner: id, bytes, ...(format === undefined ? {} : { format }) });
  await call.midway();
  const moved = isTemplate ? makeBase(machine, target) : target;
  config.current.options.set(
    disk,
    withVolume(disk, value, moved, parseDrive(disk, value).get("size") ?? printSize(bytes)),
  );
  if (flag(call, "delete")) freeVolume(machine, volid);
  else addUnused(config.current, volid);
  writeConfig(machine, "vm", id, config);
}
