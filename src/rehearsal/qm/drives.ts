import { statSync } from "node:fs";
import type { GuestConfig, Section } from "../config/guest-config.js";
import { type Call, type Command, callerFile } from "../host/command.js";
import { findConfig } from "../host/guests.js";
import { readImage } from "../host/images.js";
import type { Machine } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { parameterRefusal } from "../schema/arguments.js";
import { parseProperty, printProperty } from "../../pve/property.js";
import { defaultImageSize } from "../state.js";
import { allocationSize, printSize, sayBytes } from "../storage/sizes.js";
import { allows, getStorage, isVolumeId, parseVolume } from "../storage/volume-names.js";
import { allocate, freeVolume, resizeVolume, volumeExists, volumeSize } from "../storage/volumes.js";
import { driveFormat } from "../../pve/qm.js";

const families = ["ide", "scsi", "virtio", "sata", "efidisk", "tpmstate"];

/** `STORE:N`: a new volume of N GiB. */
const newVolume = /^([^/:\s]+):(\d+(?:\.\d+)?)$/;

const efiSize = 528 * 1024;
const tpmSize = 4 * 1024 ** 2;
const cloudInitSize = 4 * 1024 ** 2;

/** The drives of a section in the order in which Proxmox goes through them. */
export function drivesOf(options: ReadonlyMap<string, string>): [string, string][] {
  const rank = (name: string): number =>
    families.indexOf(name.replace(/\d+$/, "")) * 100 + Number(/\d+$/.exec(name)?.[0] ?? 0);
  return [...options].filter(([name]) => driveFormat(name) !== undefined).sort(([a], [b]) => rank(a) - rank(b));
}

/** The keys of a drive. */
export function parseDrive(option: string, value: string): Map<string, string> {
  const format = driveFormat(option);
  const parsed = format === undefined ? "" : parseProperty(format, value);
  return typeof parsed === "string" ? new Map() : parsed;
}

function printDrive(option: string, keys: ReadonlyMap<string, string>): string {
  const format = driveFormat(option);
  return format === undefined ? "" : printProperty(format, keys);
}

/** The volume of a drive; undefined for an empty or physical CD drive. */
export function driveVolume(option: string, value: string): string | undefined {
  const file = parseDrive(option, value).get("file");
  return file === undefined || file === "none" || file === "cdrom" || file.startsWith("/") ? undefined : file;
}

/** Whether a drive is the cloud-init image. */
export function isCloudInit(option: string, value: string): boolean {
  return /:(?:.*\/)?(?:vm-\d+-)?cloudinit(?:\.\w+)?$/.test(parseDrive(option, value).get("file") ?? "");
}

/** Whether a drive is a CD drive with a medium of the administrator's. */
export function isCdrom(option: string, value: string): boolean {
  return parseDrive(option, value).get("media") === "cdrom" && !isCloudInit(option, value);
}

/** Puts a volume beside: the next free `unusedN`. */
export function addUnused(section: Section, volid: string): void {
  const known = [...section.options].some(([name, value]) => /^unused\d+$/.test(name) && value === volid);
  if (known) return;
  let n = 0;
  while (section.options.has(`unused${n}`)) n++;
  section.options.set(`unused${n}`, volid);
}

/** Refuses drives whose storages are not there or do not take them, before anything is done. */
export function checkDrives(call: Call, drives: readonly (readonly [string, string])[]): void {
  const { machine } = call;
  for (const [option, value] of drives) {
    const keys = parseDrive(option, value);
    const file = keys.get("file") ?? "";
    if (file === "none" || file === "cdrom") continue;
    if (file.startsWith("/")) {
      if (callerFile(call, file) === undefined)
        throw parameterRefusal(
          call.args.spec,
          [{ name: option, message: `unable to associate path '${file}' to any storage` }],
          2,
        );
      continue;
    }
    const storage = getStorage(machine, file.slice(0, file.indexOf(":")));
    if (newVolume.test(file) || file.endsWith(":cloudinit")) {
      if (!allows(storage, "images"))
        throw parameterRefusal(
          call.args.spec,
          [{ name: "storage", message: `storage '${storage.id}' does not support vm images` }],
          255,
        );
    } else parseVolume(machine, file, call.args.spec.usage === "qm set" ? 2 : 255);
  }
}

/** Makes what a drive's value asks for, and returns the value as it is written. `made` collects what was allocated. */
export function placeDrive(call: Call, id: number, option: string, value: string, made: string[]): string {
  const keys = parseDrive(option, value);
  const file = keys.get("file") ?? "";
  if (file === "none" || file === "cdrom") keys.set("media", "cdrom");
  else if (file.startsWith("/")) refuse(`volume ${file} does not exist`);
  else if (file.endsWith(":cloudinit")) placeCloudInit(call, id, keys, made);
  else if (newVolume.test(file)) placeNew(call, id, option, keys, made);
  else if (volumeExists(call.machine, file)) keepVolume(call.machine, file, keys);
  else refuse(`volume '${file}' does not exist`);
  keys.delete("import-from");
  keys.delete("format");
  const printed = printDrive(option, keys);
  if (made.includes(keys.get("file") ?? "")) call.print(`${option}: successfully created disk '${printed}'`);
  return printed;
}

function keepVolume(machine: Machine, volid: string, keys: Map<string, string>): void {
  const bytes = volumeSize(machine, volid);
  if (bytes > 0 && keys.get("media") !== "cdrom") keys.set("size", printSize(bytes));
}

function placeCloudInit(call: Call, id: number, keys: Map<string, string>, made: string[]): void {
  const storage = getStorage(call.machine, (keys.get("file") ?? "").split(":")[0] ?? "");
  const format = storage.options.has("path") ? "qcow2" : "raw";
  const volid = allocate(call.machine, {
    storage,
    owner: id,
    bytes: cloudInitSize,
    format,
    name: `vm-${id}-cloudinit`,
  });
  made.push(volid);
  keys.set("file", volid);
  keys.set("media", "cdrom");
}

function placeNew(call: Call, id: number, option: string, keys: Map<string, string>, made: string[]): void {
  const [, store = "", gibibytes = "0"] = newVolume.exec(keys.get("file") ?? "") ?? [];
  const storage = getStorage(call.machine, store);
  const source = keys.get("import-from");
  const format = keys.get("format");
  const bytes = source === undefined ? newSize(option, Number(gibibytes)) : importSize(call, source);
  const volid = allocate(call.machine, { storage, owner: id, bytes, ...(format === undefined ? {} : { format }) });
  made.push(volid);
  if (source !== undefined && !source.startsWith("/")) {
    call.print(`create full clone of drive ${sourceDrive(call.machine, source)} (${source})`);
    call.print(`allocated target volume '${volid}'`);
  }
  if (source !== undefined) call.print(`transferred ${sayBytes(bytes)} of ${sayBytes(bytes)} (100.00%)`);
  keys.set("file", volid);
  const aligned = option === "efidisk0" && storage.type === "zfspool" ? 1024 ** 2 : bytes;
  keys.set("size", printSize(aligned));
}

/** The drive that a volume is in its owner's configuration. */
function sourceDrive(machine: Machine, volid: string): string {
  const { owner } = parseVolume(machine, volid);
  const options = owner === undefined ? undefined : findConfig(machine, "vm", owner)?.current.options;
  return [...(options ?? [])].find(([option, value]) => driveVolume(option, value) === volid)?.[0] ?? "unused0";
}

/** Variables and TPM state have sizes of their own, whatever is asked for. */
function newSize(option: string, gibibytes: number): number {
  if (option === "efidisk0") return efiSize;
  return option === "tpmstate0" ? tpmSize : allocationSize(gibibytes);
}

/** The virtual size of what is imported; refuses what is not there. */
export function importSize(command: Command, source: string): number {
  const { machine } = command;
  if (!source.startsWith("/") && isVolumeId(source)) {
    if (!volumeExists(machine, source)) refuse(`volume '${source}' does not exist`);
    return volumeSize(machine, source) || defaultImageSize;
  }
  return imageSize(command, source) ?? refuse(`can't find file '${source}'`);
}

/** The virtual size of an image file; of any other file its own, in whole sectors; undefined where there is none. */
export function imageSize(command: Command, path: string): number | undefined {
  const at = callerFile(command, path);
  if (at === undefined) return undefined;
  return readImage(at)?.size ?? Math.ceil(statSync(at).size / 512) * 512;
}

/** Takes a drive out of a configuration: its volume stays as `unusedN`, or goes when that is asked for or it is of no use. */
export function removeDrive(machine: Machine, config: GuestConfig, option: string, force: boolean): void {
  const value = config.current.options.get(option) ?? "";
  config.current.options.delete(option);
  const volid = driveVolume(option, value);
  if (volid === undefined || isCdrom(option, value)) return;
  if (isCloudInit(option, value) || force) freeVolume(machine, volid);
  else addUnused(config.current, volid);
}

/** Sets a drive: the volume that was there is put beside, the one that is set is no longer unused. */
export function setDrive(machine: Machine, config: GuestConfig, option: string, value: string): void {
  const { options } = config.current;
  const old = options.get(option);
  const volid = driveVolume(option, value);
  if (old !== undefined && driveVolume(option, old) !== volid) removeDrive(machine, config, option, false);
  options.set(option, value);
  for (const [name, unused] of [...options]) if (/^unused\d+$/.test(name) && unused === volid) options.delete(name);
}

/** Gives a drive another size, in its volume and in its value. */
export function resizeDrive(machine: Machine, section: Section, option: string, bytes: number): void {
  const keys = parseDrive(option, section.options.get(option) ?? "");
  resizeVolume(machine, keys.get("file") ?? "", bytes);
  keys.set("size", printSize(bytes));
  section.options.set(option, printDrive(option, keys));
}

/** A drive's value with another volume (and size, where it has one). */
export function withVolume(option: string, value: string, volid: string, size?: string): string {
  const keys = parseDrive(option, value);
  keys.set("file", volid);
  if (size !== undefined) keys.set("size", size);
  return printDrive(option, keys);
}
