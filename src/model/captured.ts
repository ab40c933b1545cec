/** What stands in the field `format` of a captured host. */
export const HOST_FORMAT = "phxc-host";

/** Version of the form of captured hosts: raised when a reader would misunderstand an older or newer one. */
export const HOST_FORMAT_VERSION = 1;

/** What was read from a real host, as far as plans depend on it; `schema/host.schema.json` describes it. */
export interface CapturedHost {
  readonly node: string;
  /** Of pve-manager, as 9.2.11. */
  readonly version: string;
  readonly bridges: readonly { readonly name: string; readonly mtu: number }[];
  /** Network cards, by the names of the kernel; a capture of an older phxc has none. */
  readonly nics: readonly string[];
  /** Device files that guests may use, by path. */
  readonly devices: readonly string[];
  readonly disks: readonly CapturedDisk[];
  readonly pools: Readonly<Record<string, CapturedPool>>;
  readonly datasets: Readonly<Record<string, CapturedDataset>>;
  /** Volumes and files on storages that are no ZFS, by volume id, as `pvesm list` shows them. */
  readonly volumes: Readonly<Record<string, { readonly size: number; readonly format: string }>>;
  /** Texts by absolute path; secrets in them are overwritten. */
  readonly files: Readonly<Record<string, string>>;
  /** What else was looked at, by absolute path: only kind, size and owner are known. */
  readonly paths: Readonly<Record<string, CapturedPath>>;
  /** Ids of running guests. */
  readonly running: readonly number[];
  /** Guests of other nodes of the cluster. */
  readonly elsewhere: readonly { readonly id: number; readonly kind: "vm" | "ct"; readonly node: string }[];
  /** How many secrets were overwritten. */
  readonly masked: number;
  /** What could not be read. */
  readonly warnings: readonly string[];
}

export interface CapturedDisk {
  readonly path: string;
  /** Bytes; 0 when unknown. */
  readonly size: number;
  /** What `wipefs` finds; empty for nothing. */
  readonly signature: string;
}

export interface CapturedDataset {
  readonly type: "filesystem" | "volume";
  /** Set there, not inherited, as `zfs get -p` prints them. */
  readonly properties: Readonly<Record<string, string>>;
  /** Bytes of a volume; 0 for a filesystem. */
  readonly volsize: number;
  /** Names without the dataset's, oldest first. */
  readonly snapshots: readonly string[];
  /** The snapshot that it is a clone of; empty for none. */
  readonly origin: string;
}

export interface CapturedPath {
  readonly kind: "directory" | "file" | "other";
  /** Bytes of a file. */
  readonly size: number;
  readonly uid: number;
  readonly gid: number;
}

export interface CapturedPool {
  /** Bytes. */
  readonly size: number;
  readonly ashift: number;
  /** What it is made of, disks by path; empty where that is not known. */
  readonly parts: readonly CapturedPart[];
  /** Set there, as `zpool get -p` prints them. */
  readonly properties: Readonly<Record<string, string>>;
}

export interface CapturedPart {
  readonly role: "data" | "log" | "cache" | "special" | "dedup" | "spare";
  /** `disk`, `mirror`, `raidz1`, `draid2:4d:11c:1s`, ... */
  readonly type: string;
  readonly disks: readonly string[];
}
