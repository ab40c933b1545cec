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
  return {
    fixed: fixed.split(" ").filter((name) => name !== ""),
    options: options.split(" "),
    content,
    defaultContent,
  };
}

/** All storage types of Proxmox. */
export const storageTypes: Readonly<Record<string, StorageType>> = {
  btrfs: storageType("path", `${ofFiles} is_mountpoint nocow shared`, [...files, "none"], both),
  cephfs: {
    ...storageType(
      "path",
      `${any} bwlimit content-dirs create-base-path create-subdirs format fs-name fuse keyring max-protected-backups mkdir monhost options prune-backups subdir username`,
      ["backup", "import", "iso", "snippets", "vztmpl"],
      ["backup"],
    ),
    mounted: true,
  },
  cifs: {
    ...storageType("path server share", `${ofDirectories} domain options password smbversion subdir username`, files, [
      "images",
    ]),
    mounted: true,
  },
  dir: storageType("path", `${ofDirectories} is_mountpoint shared`, [...files, "none"], both),
  esxi: storageType("server username", `${any} password port shared skip-cert-verification`, ["import"], ["import"]),
  iscsi: storageType("portal target", `${any} bwlimit`, ["images", "none"], ["images"]),
  iscsidirect: storageType("portal target", `${any} bwlimit`, ["images", "none"], ["images"]),
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
  rbd: storageType("", `${any} bwlimit data-pool keyring krbd monhost namespace pool username`, both, ["images"]),
  zfs: storageType(
    "blocksize iscsiprovider pool portal target",
    `${any} bwlimit comstar_hg comstar_tg lio_tpg nowritecache sparse zfs-base-path`,
    ["images"],
    ["images"],
  ),
  zfspool: storageType("pool", `${any} blocksize bwlimit mountpoint sparse`, both, both),
};

/** All type names that Proxmox knows. */
export const storageTypeNames = Object.keys(storageTypes);

const keeps = Object.fromEntries(
  ["daily", "hourly", "last", "monthly", "weekly", "yearly"].map((k) => [
    `keep-${k}`,
    o.told(
      o.int(0),
      k === "last" ? "How many of the newest backups are kept." : `For how many periods the last ${k} one is kept.`,
    ),
  ]),
);
const rate = (doc: string): o.Spec => o.told(o.num(0), `The limit ${doc}, in KiB/s.`);

/** Options of `pvesm set`. */
export const storageSet: o.Options = {
  blocksize: o.told(o.format("zfs-blocksize"), "The block size of new volumes, for `zfspool` and `zfs`."),
  bwlimit: o.told(
    o.property(undefined, {
      clone: rate("for cloning disks"),
      default: rate("for all else"),
      migration: rate("for migrating guests"),
      move: rate("for moving disks"),
      restore: rate("for restoring guests"),
    }),
    "Limits of input and output.",
  ),
  comstar_hg: o.told(o.text(), "The host group of COMSTAR views, for `zfs`."),
  comstar_tg: o.told(o.text(), "The target group of COMSTAR views, for `zfs`."),
  content: o.told(o.format("pve-content", { list: true }), "What may lie on it."),
  "content-dirs": o.told(
    o.text({ list: true }),
    "Folders for some content in place of the usual ones, as `iso=images`.",
  ),
  "create-base-path": o.told(o.bool, "Make its directory where it is missing.", { default: "yes" }),
  "create-subdirs": o.told(o.bool, "Make the folders for its content.", { default: "yes" }),
  "data-pool": o.told(o.text(), "The pool for data alone, for `rbd`."),
  delete: o.format("pve-configid", { list: true, maxLength: 4096 }),
  digest: { type: "string", maxLength: 64 },
  disable: o.told(o.bool, "Do not use it."),
  domain: o.told(o.text({ maxLength: 256 }), "The domain of the user, for `cifs`."),
  "encryption-key": o.told(o.text(), 'The key that encrypts backups, for `pbs`: `autogen`, or `secret("file:/PATH")`.'),
  fingerprint: o.told(
    o.matching(/([A-Fa-f0-9]{2}:){31}[A-Fa-f0-9]{2}/, {
      describe: "the SHA-256 of a certificate, 32 bytes as `AB:CD:...`",
    }),
    "The fingerprint of the certificate, for `pbs`.",
  ),
  format: o.told(o.oneOf("raw", "qcow2", "subvol", "vmdk"), "The format of new volumes."),
  "fs-name": o.told(o.format("pve-configid"), "The file system of Ceph, for `cephfs`."),
  fuse: o.told(o.bool, "Mount through FUSE, for `cephfs`."),
  is_mountpoint: o.told(o.text(), "Use it only while something is mounted at its path.", { default: "no" }),
  keyring: o.told(o.text(), 'The key of the client of Ceph: `secret("file:/PATH")`.'),
  krbd: o.told(o.bool, "Map volumes through the kernel, for `rbd`.", { default: 0 }),
  lio_tpg: o.told(o.text(), "The portal group of LIO targets, for `zfs`."),
  "master-pubkey": o.told(
    o.text(),
    "A file of the host with the public key that encrypts a copy of the encryption key, for `pbs`.",
  ),
  "max-protected-backups": o.told(o.int(-1), "How many backups of a guest may be protected; -1: any number.", {
    default: "Unlimited for users with Datastore.Allocate privilege, 5 for other users",
  }),
  mkdir: o.told(
    o.bool,
    "Make its directory and the folders in it; `create-base-path` and `create-subdirs` took its place.",
    {
      default: "yes",
    },
  ),
  monhost: o.told(o.text({ list: true }), "The monitors of an external cluster of Ceph."),
  mountpoint: o.told(o.format("pve-path"), "Where its pool is mounted, for `zfspool`."),
  namespace: o.told(o.text(), "The namespace, for `pbs` and `rbd`."),
  nocow: o.told(o.bool, "Set the attribute NOCOW on raw images, for `btrfs`.", { default: 0 }),
  nodes: o.told(o.format("pve-node", { list: true }), "The nodes that have it. Default: all."),
  nowritecache: o.told(o.bool, "Switch the write cache of the target off, for `zfs`."),
  options: o.told(o.text(), "Mount options, for `nfs`, `cifs` and `cephfs`."),
  password: o.told(o.text({ maxLength: 256, prompts: true }), 'The password of `username`: `secret("env:NAME")`.'),
  pool: o.told(o.text(), "The ZFS pool or dataset, for `zfspool` and `zfs`; the pool of Ceph, for `rbd`."),
  port: o.told(o.int(1, 65535), "The port of the server, for `pbs` and `esxi`."),
  preallocation: o.told(
    o.oneOf("off", "metadata", "falloc", "full"),
    "How much of raw and qcow2 images is allocated at once.",
    {
      default: "metadata",
    },
  ),
  "prune-backups": o.told(
    o.property(undefined, { "keep-all": o.told(o.bool, "Keep all of them."), ...keeps }),
    "Which backups are kept when others are pruned.",
  ),
  saferemove: o.told(o.bool, "Overwrite removed volumes with zeros, for `lvm`."),
  "saferemove-stepsize": o.told(
    { type: "integer", words: ["1", "2", "4", "8", "16", "32"] },
    "How much is overwritten at once, in MiB.",
    { default: 32 },
  ),
  saferemove_throughput: o.told(o.text(), "The limit of overwriting, as `cstream -t` takes it: bytes per second."),
  server: o.told(o.text(), "The server, for `nfs`, `cifs`, `pbs` and `esxi`."),
  shared: o.told(o.bool, "The same directory is on every node of the cluster."),
  "skip-cert-verification": o.told(o.bool, "Do not look at the certificate, for `esxi`.", { default: "false" }),
  smbversion: o.told(o.oneOf("default", "2.0", "2.1", "3", "3.0", "3.11"), "The version of the protocol, for `cifs`.", {
    default: "default",
  }),
  "snapshot-as-volume-chain": o.told(o.bool, "Make snapshots as chains of volumes, which is experimental.", {
    default: 0,
  }),
  sparse: o.told(o.bool, "Make thin volumes, for `zfspool` and `zfs`."),
  subdir: o.told(o.format("pve-path"), "The folder that is mounted, for `cifs` and `cephfs`."),
  tagged_only: o.told(o.bool, "Use logical volumes only that carry the tag `pve-vm-ID`, for `lvm`."),
  username: o.told(o.text(), "The user at the server."),
  "zfs-base-path": o.told(o.format("pve-path"), "Where the target keeps the devices of volumes, for `zfs`."),
};

/** Options of `pvesm add`. */
export const storageAdd: o.Options = {
  ...Object.fromEntries(Object.entries(storageSet).filter(([name]) => name !== "delete" && name !== "digest")),
  ...o.having("create-only", {
    base: o.told(o.text(), "The volume that is made available as a base, for `lvm`."),
    datastore: o.told(o.text(), "The datastore at the server, for `pbs`."),
    export: o.told(o.format("pve-path"), "The exported path, for `nfs`."),
    iscsiprovider: o.told(o.text(), "What makes the targets: `comstar`, `istgt`, `iet` or `LIO`, for `zfs`."),
    path: o.told(o.format("pve-path"), "The directory, for storages of files."),
    portal: o.told(o.text(), "The address of the portal, with its port where it is not 3260, for `iscsi` and `zfs`."),
    share: o.told(o.text(), "The share, for `cifs`."),
    target: o.told(o.text(), "The target, for `iscsi` and `zfs`."),
    thinpool: o.told(o.text(), "The thin pool, for `lvmthin`."),
    vgname: o.told(o.text(), "The volume group, for `lvm` and `lvmthin`."),
  }),
};
