import { contentOf, keepsFiles, parseStorageConfig, type Storage, storagePath } from "../config/storage-config.js";
import { type Machine, readHostFile } from "../host/machine.js";
import { refuse } from "../host/refusal.js";

/** A volume id taken apart. */
export interface VolumeName {
  readonly storage: Storage;
  /** The part after the colon. */
  readonly path: string;
  /** The last component: `vm-100-disk-0`, `debian-13.tar.zst`. */
  readonly name: string;
  /** `images`, `rootdir`, `iso`, `vztmpl`, `snippets`, `backup` or `import`. */
  readonly content: string;
  readonly owner?: number;
  /** The base volume that it is a linked clone of. */
  readonly base?: string;
  readonly format: string;
}

/** The storages of storage.cfg. */
export function storages(machine: Machine): Storage[] {
  return parseStorageConfig(readHostFile(machine, "/etc/pve/storage.cfg") ?? "");
}

export function findStorage(machine: Machine, id: string): Storage | undefined {
  return storages(machine).find((storage) => storage.id === id);
}

/** A storage, or the refusal. */
export function getStorage(machine: Machine, id: string): Storage {
  return findStorage(machine, id) ?? refuse(`storage '${id}' does not exist`);
}

/** Whether a value is a volume id at all. */
export function isVolumeId(value: string): boolean {
  return /^[a-z][a-z0-9\-_.]*[a-z0-9]:.+$/i.test(value);
}

/** Takes a volume id apart, or refuses in the storage's words. */
export function parseVolume(machine: Machine, volid: string, code = 255): VolumeName {
  const colon = volid.indexOf(":");
  const storage = getStorage(machine, volid.slice(0, colon));
  const path = volid.slice(colon + 1);
  const parsed = keepsFiles(storage) ? parseFilePath(path) : parseBlockPath(path);
  if (parsed !== undefined) return { storage, path, ...parsed };
  const words = storage.type === "zfspool" ? "zfs" : keepsFiles(storage) ? "directory" : storage.type;
  return refuse(`unable to parse ${words} volume name '${path}'`, code);
}

type Parsed = Pick<VolumeName, "name" | "content" | "owner" | "base" | "format">;

/** Takes the path of a volume that is not a file apart. */
export function parseBlockPath(path: string): Parsed | undefined {
  const match = /^(?:((?:base|basevol)-\d+-\S+)\/)?((base|basevol|vm|subvol)-(\d+)-\S+)$/.exec(path);
  if (match === null) return undefined;
  const subvol = match[3] === "subvol" || match[3] === "basevol";
  return {
    name: match[2] ?? "",
    content: subvol ? "rootdir" : "images",
    owner: Number(match[4]),
    format: subvol ? "subvol" : "raw",
    ...(match[1] === undefined ? {} : { base: match[1] }),
  };
}

function parseFilePath(path: string): Parsed | undefined {
  const file = /^(iso|vztmpl|snippets|backup|import)\/([^/]+)$/.exec(path);
  if (file !== null) return { name: file[2] ?? "", content: file[1] ?? "", format: "raw" };
  const image = /^(?:(.+)\/)?(\d+)\/([^/]+\.(raw|qcow2|vmdk|subvol))$/.exec(path);
  if (image === null) return undefined;
  const base = image[1] === undefined ? {} : { base: image[1] };
  return { name: image[3] ?? "", content: "images", owner: Number(image[2]), format: image[4] ?? "raw", ...base };
}

/** The dataset of a ZFS volume. */
export function datasetOf(volume: VolumeName): string {
  return `${volume.storage.options.get("pool") ?? ""}/${volume.name}`;
}

/** Whether a volume is a dataset. */
export function isZfs(volume: VolumeName): boolean {
  return volume.storage.type === "zfspool";
}

/** The volume id without the base it is a clone of: how volumes are kept in the state. */
export function keyOf(volume: VolumeName): string {
  return `${volume.storage.id}:${keepsFiles(volume.storage) && volume.owner !== undefined ? `${volume.owner}/` : ""}${volume.name}`;
}

/** The folder of a file storage that keeps a content, apart from that of guests' images. */
export const contentFolders: Readonly<Record<string, string>> = {
  iso: "template/iso",
  vztmpl: "template/cache",
  snippets: "snippets",
  backup: "dump",
  import: "import",
};

/** Where a volume lies on the host. */
export function volumePath(machine: Machine, volid: string): string {
  const volume = parseVolume(machine, volid);
  if (isZfs(volume)) return volume.format === "subvol" ? `/${datasetOf(volume)}` : `/dev/zvol/${datasetOf(volume)}`;
  if (!keepsFiles(volume.storage))
    return `/dev/${volume.storage.options.get("vgname") ?? volume.storage.id}/${volume.name}`;
  const folder = contentFolders[volume.content] ?? `images/${volume.owner ?? 0}`;
  return `${storagePath(volume.storage)}/${folder}/${volume.name}`;
}

/** Whether a storage keeps this content, as checks of guests' volumes need it. */
export function allows(storage: Storage, content: string): boolean {
  return contentOf(storage).has(content);
}
