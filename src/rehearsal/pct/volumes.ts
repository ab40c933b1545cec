import type { Section } from "../config/guest-config.js";
import type { Call } from "../host/command.js";
import type { Machine } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { parameterRefusal } from "../schema/arguments.js";
import { parseProperty, printProperty } from "../../pve/property.js";
import type { PropertyFormat } from "../../pve/spec.js";
import { allocationSize, printSize } from "../storage/sizes.js";
import { allows, findStorage, getStorage, isVolumeId } from "../storage/volume-names.js";
import { allocate } from "../storage/volumes.js";
import { mountFormat, rootfsFormat } from "../../pve/pct.js";

/** A container's file system: its root or a mount point. */
export interface Mount {
  readonly option: string;
  /** A volume id, or an absolute path for what is bound from the host. */
  readonly volume: string;
  readonly keys: Map<string, string>;
}

const newVolume = /^([^/:\s]+):(\d+(?:\.\d+)?)$/;

/** The form of `rootfs` or `mpN`; undefined for other options. */
export function mountFormatOf(option: string): PropertyFormat | undefined {
  if (option === "rootfs") return rootfsFormat;
  return /^mp\d+$/.test(option) ? mountFormat : undefined;
}

/** The keys of a mount. */
export function parseMount(option: string, value: string): Map<string, string> {
  const format = mountFormatOf(option);
  const parsed = format === undefined ? "" : parseProperty(format, value);
  return typeof parsed === "string" ? new Map() : parsed;
}

export function printMount(option: string, keys: ReadonlyMap<string, string>): string {
  const format = mountFormatOf(option);
  return format === undefined ? "" : printProperty(format, keys);
}

/** The root and the mount points of a container, root first. */
export function pctVolumes(options: ReadonlyMap<string, string>): Mount[] {
  const rank = (option: string): number => (option === "rootfs" ? -1 : Number(option.slice(2)));
  return [...options]
    .filter(([option]) => mountFormatOf(option) !== undefined)
    .map(([option, value]) => ({
      option,
      keys: parseMount(option, value),
      volume: parseMount(option, value).get("volume") ?? "",
    }))
    .sort((a, b) => rank(a.option) - rank(b.option));
}

/** Refuses mounts whose storages are not there or take no containers. `creating` chooses between Proxmox's two wordings. */
export function checkMounts(call: Call, mounts: readonly Mount[], creating: boolean): void {
  for (const { volume } of mounts) {
    if (volume.startsWith("/")) continue;
    if (!isVolumeId(volume)) refuse(`unable to parse volume ID '${volume}'`, 25);
    const storage = getStorage(call.machine, volume.slice(0, volume.indexOf(":")));
    if (!newVolume.test(volume) || allows(storage, "rootdir")) continue;
    if (!creating) refuse(`storage '${storage.id}' does not allow content type 'rootdir' (Container)`);
    const message = `storage '${storage.id}' does not support container directories`;
    throw parameterRefusal(call.args.spec, [{ name: "storage", message }], 255);
  }
}

/** Makes what a mount asks for and returns its value as it is written. `made` collects what was allocated. */
export function placeMount(call: Call, id: number, mount: Mount, made: string[]): string {
  const asked = newVolume.exec(mount.volume);
  const keys = new Map(mount.keys);
  if (asked !== null) {
    const storage = getStorage(call.machine, asked[1] ?? "");
    const bytes = allocationSize(Number(asked[2]));
    const volid = allocate(call.machine, { storage, owner: id, bytes, format: "subvol" });
    if (storage.type === "dir")
      call.print(
        `Formatting '${storage.options.get("path") ?? ""}/images/${id}/${volid.split("/").at(-1) ?? ""}', fmt=raw size=${bytes} preallocation=off`,
      );
    made.push(volid);
    keys.set("volume", volid);
    keys.set("size", printSize(bytes));
  }
  return printMount(mount.option, keys);
}

/** Takes a mount out of a section: its volume stays as `unusedN`. */
export function removeMount(machine: Machine, section: Section, option: string): void {
  const volume = parseMount(option, section.options.get(option) ?? "").get("volume") ?? "";
  section.options.delete(option);
  if (
    volume === "" ||
    volume.startsWith("/") ||
    findStorage(machine, volume.slice(0, volume.indexOf(":"))) === undefined
  )
    return;
  if ([...section.options].some(([name, value]) => /^unused\d+$/.test(name) && value === volume)) return;
  let n = 0;
  while (section.options.has(`unused${n}`)) n++;
  section.options.set(`unused${n}`, volume);
}

/** Sets a mount; another volume that was there is put beside. */
export function setMount(machine: Machine, section: Section, option: string, value: string): void {
  const volume = parseMount(option, value).get("volume");
  const old = section.options.get(option);
  if (old !== undefined && parseMount(option, old).get("volume") !== volume && option !== "rootfs")
    removeMount(machine, section, option);
  section.options.set(option, value);
  for (const [name, unused] of [...section.options])
    if (/^unused\d+$/.test(name) && unused === volume) section.options.delete(name);
}
