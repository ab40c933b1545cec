import { keepsFiles, type Storage } from "../config/storage-config.js";
import { type Machine, readHostFile, removeHostFile, writeHostFile } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { clonesOf, dropDataset, makeDataset, renameDataset } from "./datasets.js";
import { datasetOf, isZfs, keyOf, parseBlockPath, parseVolume, type VolumeName, volumePath } from "./volume-names.js";

/** Whether a volume exists. */
export function volumeExists(machine: Machine, volid: string): boolean {
  const volume = parseVolume(machine, volid);
  if (isZfs(volume)) return machine.state.datasets[datasetOf(volume)] !== undefined;
  if (volume.owner === undefined) return readHostFile(machine, volumePath(machine, volid)) !== undefined;
  return machine.state.volumes[keyOf(volume)] !== undefined;
}

/** Bytes of a volume; 0 when it does not exist. */
export function volumeSize(machine: Machine, volid: string): number {
  const volume = parseVolume(machine, volid);
  if (!isZfs(volume)) return machine.state.volumes[keyOf(volume)]?.size ?? 0;
  const dataset = machine.state.datasets[datasetOf(volume)];
  return dataset?.volsize ?? Number(dataset?.properties["refquota"] ?? 0);
}

/** What a volume allocation asks for. */
export interface Allocation {
  readonly storage: Storage;
  readonly owner: number;
  readonly bytes: number;
  /** `raw`, `qcow2`, `vmdk`, or `subvol`: a container's folder. */
  readonly format?: string;
  /** The name without extension; else the next free `disk-N`. */
  readonly name?: string;
  /** Makes it a clone of this base volume. */
  readonly base?: string;
}

/** Allocates a volume and returns its id. */
export function allocate(machine: Machine, wanted: Allocation): string {
  const { storage } = wanted;
  if (storage.type === "zfspool") return allocateDataset(machine, wanted);
  const format = wanted.format === "subvol" || wanted.format === undefined ? "raw" : wanted.format;
  if (!keepsFiles(storage) && format !== "raw") refuse(`unsupported format '${format}'`);
  const extension = keepsFiles(storage) ? `.${format}` : "";
  const name = `${wanted.name ?? freeName(machine, storage, wanted.owner, "vm")}${extension}`;
  const key = keepsFiles(storage) ? `${storage.id}:${wanted.owner}/${name}` : `${storage.id}:${name}`;
  // LVM-thin does not track what a volume is a clone of: the base may go, and the clone keeps its blocks.
  const isTracked = wanted.base !== undefined && storage.type !== "lvmthin";
  const base: { readonly base?: string } = isTracked ? { base: keyOf(parseVolume(machine, wanted.base)) } : {};
  machine.state.volumes[key] = { size: wanted.bytes, format, snapshots: [], ...base };
  if (keepsFiles(storage)) writeHostFile(machine, volumePath(machine, key), `volume ${key}\n`);
  if (!isTracked) return key;
  return `${storage.id}:${(base.base ?? "").slice(storage.id.length + 1)}/${key.slice(storage.id.length + 1)}`;
}

function allocateDataset(machine: Machine, wanted: Allocation): string {
  const pool = wanted.storage.options.get("pool") ?? "";
  const subvol = wanted.format === "subvol";
  if (!subvol && wanted.format !== undefined && wanted.format !== "raw")
    refuse(`unsupported format '${wanted.format}'`);
  const name = wanted.name ?? freeName(machine, wanted.storage, wanted.owner, subvol ? "subvol" : "vm");
  if (machine.state.datasets[pool] === undefined)
    refuse(`zfs error: cannot create '${pool}/${name}': parent does not exist`);
  const base = wanted.base === undefined ? undefined : parseVolume(machine, wanted.base);
  const origin = base === undefined ? {} : { origin: `${datasetOf(base)}@__base__` };
  // A volume's size is rounded up to whole MiB, whatever the configuration says.
  const volsize = Math.ceil(wanted.bytes / 1024 ** 2) * 1024 ** 2;
  if (subvol)
    makeDataset(machine, `${pool}/${name}`, {
      type: "filesystem",
      properties: { acltype: "posix", xattr: "sa", refquota: `${wanted.bytes}` },
      ...origin,
    });
  else makeDataset(machine, `${pool}/${name}`, { type: "volume", volsize, ...origin });
  return `${wanted.storage.id}:${base === undefined ? "" : `${base.name}/`}${name}`;
}

/** The next free `vm-ID-disk-N` of a storage; names in other forms count as well. */
export function freeName(machine: Machine, storage: Storage, owner: number, prefix: string): string {
  const used = new Set(
    volumeNames(machine, storage)
      .flatMap((name) => new RegExp(`^(?:vm|base|subvol|basevol)-${owner}-disk-(\\d+)(?:\\.|$)`).exec(name)?.[1] ?? [])
      .map(Number),
  );
  let n = 0;
  while (used.has(n)) n++;
  return `${prefix}-${owner}-disk-${n}`;
}

function volumeNames(machine: Machine, storage: Storage): string[] {
  return listVolumes(machine, storage).map((id) => id.slice(Math.max(id.lastIndexOf("/"), id.indexOf(":")) + 1));
}

/** Ids of the volumes of guests on a storage, sorted. */
export function listVolumes(machine: Machine, storage: Storage): string[] {
  if (storage.type !== "zfspool") {
    const own = Object.keys(machine.state.volumes).filter((key) => key.startsWith(`${storage.id}:`));
    return own.sort();
  }
  const pool = `${storage.options.get("pool") ?? ""}/`;
  const names = Object.keys(machine.state.datasets).filter(
    (name) => name.startsWith(pool) && parseBlockPath(name.slice(pool.length)) !== undefined,
  );
  return names.map((name) => `${storage.id}:${name.slice(pool.length)}`).sort();
}

/** Frees a volume; refused while it is the base of clones. */
export function freeVolume(machine: Machine, volid: string): void {
  const volume = parseVolume(machine, volid);
  if (clonesOfVolume(machine, volume).length > 0) refuse(`base volume '${volid}' is still in use by linked cloned`);
  if (isZfs(volume)) return dropDataset(machine, datasetOf(volume));
  delete machine.state.volumes[keyOf(volume)];
  removeHostFile(machine, volumePath(machine, volid));
}

/** Whether linked clones of a volume exist. */
export function isBaseInUse(machine: Machine, volid: string): boolean {
  return clonesOfVolume(machine, parseVolume(machine, volid)).length > 0;
}

function clonesOfVolume(machine: Machine, volume: VolumeName): readonly string[] {
  if (isZfs(volume)) return clonesOf(machine, datasetOf(volume));
  if (!volume.name.startsWith("base")) return [];
  const key = keyOf(volume);
  return Object.entries(machine.state.volumes).flatMap(([other, { base }]) => (base === key ? [other] : []));
}

/** Gives a volume a new size. */
export function resizeVolume(machine: Machine, volid: string, bytes: number): void {
  const volume = parseVolume(machine, volid);
  if (!isZfs(volume)) {
    const own = machine.state.volumes[keyOf(volume)];
    if (own !== undefined) own.size = bytes;
    return;
  }
  const dataset = machine.state.datasets[datasetOf(volume)];
  if (dataset?.type === "volume") dataset.volsize = bytes;
  else if (dataset !== undefined) dataset.properties["refquota"] = `${bytes}`;
}

/** Turns a volume into the base of linked clones and returns its new id. */
export function makeBase(machine: Machine, volid: string): string {
  const volume = parseVolume(machine, volid);
  const name = volume.name.replace(/^vm-/, "base-").replace(/^subvol-/, "basevol-");
  const prefix = volid.slice(0, volid.length - volume.name.length);
  if (isZfs(volume)) {
    const to = `${volume.storage.options.get("pool") ?? ""}/${name}`;
    renameDataset(machine, datasetOf(volume), to);
    machine.state.datasets[to]?.snapshots.push("__base__");
    return `${prefix}${name}`;
  }
  const key = keyOf(volume);
  const own = machine.state.volumes[key];
  delete machine.state.volumes[key];
  const newKey = `${key.slice(0, key.length - volume.name.length)}${name}`;
  if (own !== undefined) machine.state.volumes[newKey] = own;
  removeHostFile(machine, volumePath(machine, volid));
  if (keepsFiles(volume.storage)) writeHostFile(machine, volumePath(machine, newKey), `volume ${newKey}\n`);
  return `${prefix}${name}`;
}

/** The snapshots of a volume, oldest first. */
function snapshotsOf(machine: Machine, volume: VolumeName): string[] | undefined {
  return isZfs(volume)
    ? machine.state.datasets[datasetOf(volume)]?.snapshots
    : machine.state.volumes[keyOf(volume)]?.snapshots;
}

/** Whether a volume can be snapshotted: raw files cannot. */
export function canSnapshot(machine: Machine, volid: string): boolean {
  const volume = parseVolume(machine, volid);
  return isZfs(volume) || volume.storage.type === "lvmthin" || volume.format === "qcow2";
}

/** Takes a snapshot of a volume. */
export function snapshotVolume(machine: Machine, volid: string, name: string): void {
  snapshotsOf(machine, parseVolume(machine, volid))?.push(name);
}

/** Removes a snapshot of a volume; nothing when there is none. */
export function dropVolumeSnapshot(machine: Machine, volid: string, name: string): void {
  const snapshots = snapshotsOf(machine, parseVolume(machine, volid));
  const at = snapshots?.indexOf(name) ?? -1;
  if (at >= 0) snapshots?.splice(at, 1);
}

/** Refuses a rollback that the storage cannot do: on ZFS any but the newest snapshot. */
export function checkRollback(machine: Machine, volid: string, name: string): void {
  const volume = parseVolume(machine, volid);
  const newest = snapshotsOf(machine, volume)?.at(-1);
  if (isZfs(volume) && newest !== name) refuse(`can't rollback, '${name}' is not most recent snapshot on '${volid}'`);
}
