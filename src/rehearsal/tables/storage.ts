import { bool, format, int, matching, num, oneOf, type Options, property } from "../schema/spec.js";

/** What a storage type takes: options that are needed and never change afterwards, others, and its default content. */
export interface StorageType {
  readonly fixed: readonly string[];
  readonly options: readonly string[];
  readonly content: readonly string[];
  readonly defaultContent: readonly string[];
}

const dirOptions =
  "bwlimit content content-dirs create-base-path create-subdirs disable format max-protected-backups mkdir nodes preallocation prune-backups snapshot-as-volume-chain";
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

/** The storage types that the simulated host can make. */
export const storageTypes: Readonly<Record<string, StorageType>> = {
  btrfs: storageType("path", `${dirOptions} is_mountpoint nocow shared`, [...files, "none"], both),
  cifs: storageType("path server share", `${dirOptions} domain options password smbversion subdir username`, files, [
    "images",
  ]),
  dir: storageType("path", `${dirOptions} is_mountpoint shared`, [...files, "none"], both),
  lvm: storageType(
    "vgname",
    "base bwlimit content disable nodes saferemove saferemove-stepsize saferemove_throughput shared snapshot-as-volume-chain tagged_only",
    both,
    ["images"],
  ),
  lvmthin: storageType("thinpool vgname", "bwlimit content disable nodes", both, both),
  nfs: storageType("export path server", `${dirOptions} options`, files, ["images"]),
  pbs: storageType(
    "datastore server",
    "content disable encryption-key fingerprint master-pubkey max-protected-backups namespace nodes password port prune-backups username",
    ["backup", "none"],
    ["backup"],
  ),
  zfspool: storageType("pool", "blocksize bwlimit content disable mountpoint nodes sparse", both, both),
};

/** All type names that Proxmox knows; those not in {@link storageTypes} are unknown to the simulated host. */
export const storageTypeNames =
  "btrfs cephfs cifs dir esxi iscsi iscsidirect lvm lvmthin nfs pbs rbd zfs zfspool".split(" ");

const keeps = Object.fromEntries(
  ["daily", "hourly", "last", "monthly", "weekly", "yearly"].map((k) => [`keep-${k}`, int(0)]),
);
const plain =
  "content-dirs data-pool domain encryption-key is_mountpoint keyring master-pubkey namespace options password pool saferemove_throughput username";
const flags =
  "create-base-path create-subdirs disable fuse krbd mkdir nocow nowritecache saferemove shared skip-cert-verification snapshot-as-volume-chain sparse tagged_only";

/** Options of `pvesm set`. */
export const storageSet: Options = {
  ...Object.fromEntries(plain.split(" ").map((name) => [name, { type: "string" as const }])),
  ...Object.fromEntries(flags.split(" ").map((name) => [name, bool])),
  blocksize: format("zfs-blocksize"),
  bwlimit: property(undefined, { clone: num(0), default: num(0), migration: num(0), move: num(0), restore: num(0) }),
  content: format("pve-content", { list: true }),
  delete: format("pve-configid", { list: true, maxLength: 4096 }),
  digest: { type: "string", maxLength: 64 },
  fingerprint: matching(/([A-Fa-f0-9]{2}:){31}[A-Fa-f0-9]{2}/),
  format: oneOf("raw", "qcow2", "subvol", "vmdk"),
  "max-protected-backups": int(-1),
  mountpoint: format("pve-path"),
  nodes: format("pve-node", { list: true }),
  port: int(1, 65535),
  preallocation: oneOf("off", "metadata", "falloc", "full"),
  "prune-backups": property(undefined, { "keep-all": bool, ...keeps }),
  "saferemove-stepsize": { type: "integer", words: ["1", "2", "4", "8", "16", "32"] },
  server: { type: "string" },
  smbversion: oneOf("default", "2.0", "2.1", "3", "3.0", "3.11"),
  subdir: format("pve-path"),
};

/** Options of `pvesm add`. */
export const storageAdd: Options = {
  ...Object.fromEntries(Object.entries(storageSet).filter(([name]) => name !== "delete" && name !== "digest")),
  base: { type: "string" },
  datastore: { type: "string" },
  export: format("pve-path"),
  path: format("pve-path"),
  share: { type: "string" },
  thinpool: { type: "string" },
  vgname: { type: "string" },
};
