import * as o from "./spec.js";

/** What a storage type takes: options that are needed and never change afterwards, others, and its content. */
export interface StorageType {
  readonly fixed: readonly string[];
  readonly options: readonly string[];
  readonly content: readonly string[];
  readonly defaultContent: readonly string[];
  /** Proxmox mounts it, below `/mnt/pve` where no path is given. */
  readonly mounted?: boolean;
}

const any = "content disable nodes";
const ofFiles = `${any} create-base-path create-subdirs format max-protected-backups mkdir preallocation prune-backups`;
const ofDirectories = `${ofFiles} bwlimit content-dirs snapshot-as-volume-chain`;
const files = ["backup", "images", "import", "iso", "rootdir", "snippets", "vztmpl"];
const both = ["images", "rootdir"];

function storageType(
  fixed: string,
  options: string,
  content: readonly string[],
  defaultContent: readonly string[],
): StorageType {
  return { fixed: fixed.split(" "), options: options.split(" "), content, defaultContent };
}

/** The storage types that files can declare and the simulated host can make. */
export const storageTypes: Readonly<Record<string, StorageType>> = {
  btrfs: storageType("path", `${ofFiles} is_mountpoint nocow shared`, [...files, "none"], both),
  cifs: {
    ...storageType("path server share", `${ofDirectories} domain options password smbversion subdir username`, files, [
      "images",
    ]),
    mounted: true,
  },
  dir: storageType("path", `${ofDirectories} is_mountpoint shared`, [...files, "none"], both),
  lvm: storageType(
    "vgname",
    `${any} base bwlimit saferemove saferemove-stepsize saferemove_throughput shared snapshot-as-volume-chain tagged_only`,
    both,
    ["images"],
  ),
  lvmthin: storageType("thinpool vgname", `${any} bwlimit`, both, both),
  nfs: { ...storageType("export path server", `${ofDirectories} options`, files, ["images"]), mounted: true },
  pbs: storageType(
    "datastore server",
    `${any} encryption-key fingerprint master-pubkey max-protected-backups namespace password port prune-backups username`,
    ["backup", "none"],
    ["backup"],
  ),
  zfspool: storageType("pool", `${any} blocksize bwlimit mountpoint sparse`, both, both),
};

/** All type names that Proxmox knows; those not in {@link storageTypes} are unknown to the simulated host. */
export const storageTypeNames =
  "btrfs cephfs cifs dir esxi iscsi iscsidirect lvm lvmthin nfs pbs rbd zfs zfspool".split(" ");

/** Settable at the storage types of which they are no fixed part; those that files can declare are made of them. */
const fixed = { effect: "create-only" } as const;

const keeps = Object.fromEntries(
  ["daily", "hourly", "last", "monthly", "weekly", "yearly"].map((k) => [`keep-${k}`, o.int(0)]),
);
const plain = "content-dirs data-pool encryption-key keyring master-pubkey namespace saferemove_throughput username";
const flags =
  "create-base-path create-subdirs fuse krbd mkdir nocow nowritecache saferemove skip-cert-verification snapshot-as-volume-chain tagged_only";

/** Options of `pvesm set`. */
export const storageSet: o.Options = {
  ...Object.fromEntries(plain.split(" ").map((name) => [name, { type: "string" as const }])),
  ...Object.fromEntries(flags.split(" ").map((name) => [name, o.bool])),
  blocksize: o.told(o.format("zfs-blocksize"), "The block size of new volumes, for `zfspool`."),
  bwlimit: o.property(undefined, {
    clone: o.num(0),
    default: o.num(0),
    migration: o.num(0),
    move: o.num(0),
    restore: o.num(0),
  }),
  content: o.told(o.format("pve-content", { list: true }), "What may lie on it."),
  delete: o.format("pve-configid", { list: true, maxLength: 4096 }),
  digest: { type: "string", maxLength: 64 },
  disable: o.told(o.bool, "Do not use it."),
  domain: o.text({ maxLength: 256 }),
  fingerprint: o.matching(/([A-Fa-f0-9]{2}:){31}[A-Fa-f0-9]{2}/),
  format: o.oneOf("raw", "qcow2", "subvol", "vmdk"),
  is_mountpoint: o.told(o.text(), "Use it only while something is mounted at its path.", { default: "no" }),
  "max-protected-backups": o.int(-1),
  mountpoint: o.format("pve-path"),
  nodes: o.told(o.format("pve-node", { list: true }), "The nodes that have it. Default: all."),
  options: o.told(o.text(), "Mount options, for `nfs` and `cifs`."),
  password: o.text({ maxLength: 256 }),
  pool: o.told(o.text(), "The ZFS pool or dataset, for `zfspool`.", fixed),
  port: o.int(1, 65535),
  preallocation: o.oneOf("off", "metadata", "falloc", "full"),
  "prune-backups": o.property(undefined, { "keep-all": o.bool, ...keeps }),
  "saferemove-stepsize": { type: "integer", words: ["1", "2", "4", "8", "16", "32"] },
  server: o.told(o.text(), "The server, for `nfs` and `cifs`.", fixed),
  shared: o.told(o.bool, "The same directory is on every node of the cluster."),
  smbversion: o.oneOf("default", "2.0", "2.1", "3", "3.0", "3.11"),
  sparse: o.told(o.bool, "Make thin volumes, for `zfspool`."),
  subdir: o.format("pve-path"),
};

/** Options of `pvesm add`. */
export const storageAdd: o.Options = {
  ...Object.fromEntries(Object.entries(storageSet).filter(([name]) => name !== "delete" && name !== "digest")),
  ...o.having("create-only", {
    base: o.text(),
    datastore: o.text(),
    export: o.told(o.format("pve-path"), "The exported path, for `nfs`."),
    path: o.told(o.format("pve-path"), "The directory, for storages of files."),
    share: o.told(o.text(), "The share, for `cifs`."),
    thinpool: o.told(o.text(), "The thin pool, for `lvmthin`."),
    vgname: o.told(o.text(), "The volume group, for `lvm` and `lvmthin`."),
  }),
};
