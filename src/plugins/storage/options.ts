import type { OptionSpec } from "../../plugin-api/index.js";
import * as t from "../guest/types.js";

/** The types of storages that can be declared. */
export const storageType = t.oneOfMeant(
  {
    zfs: "zfspool",
    directory: "dir",
    folder: "dir",
    path: "dir",
    smb: "cifs",
    samba: "cifs",
    thin: "lvmthin",
    pbs: "",
  },
  "zfspool",
  "dir",
  "nfs",
  "cifs",
  "lvm",
  "lvmthin",
  "btrfs",
);

const content = t.oneOfMeant(
  {
    disk: "images",
    disks: "images",
    templates: "vztmpl",
    template: "vztmpl",
    containers: "rootdir",
    backups: "backup",
  },
  "images",
  "rootdir",
  "vztmpl",
  "iso",
  "backup",
  "snippets",
  "import",
  "none",
);

/** A pool or dataset that is on the host and that no file declares. */
const zfsName = {
  pattern: "[A-Za-z][A-Za-z0-9_.:-]*(/[A-Za-z0-9_][A-Za-z0-9_.:-]*)*",
  describe: "the name of a pool or dataset",
};

/**
 * The options of a storage, one entry each; `pve` is the option of `pvesm`. Those marked `create-only` cannot be changed
 * later: one that differs on the host is refused.
 */
export const storageOptions: Readonly<Record<string, OptionSpec>> = {
  path: { type: t.path, doc: "The directory, for storages of files.", pve: "path", effect: "create-only" },
  pool: {
    type: { type: "ref", kinds: ["pool", "dataset"], loose: zfsName },
    doc: "The ZFS pool or dataset, for `zfspool`.",
    pve: "pool",
    effect: "create-only",
  },
  dataset: {
    type: { type: "ref", kinds: ["dataset"], loose: zfsName },
    doc: "The ZFS dataset, for `zfspool`; another name for `pool`.",
  },
  server: { type: t.line, doc: "The server, for `nfs` and `cifs`.", pve: "server", effect: "create-only" },
  export: { type: t.path, doc: "The exported path, for `nfs`.", pve: "export", effect: "create-only" },
  share: { type: t.line, doc: "The share, for `cifs`.", pve: "share", effect: "create-only" },
  vgname: { type: t.line, doc: "The volume group, for `lvm` and `lvmthin`.", pve: "vgname", effect: "create-only" },
  thinpool: { type: t.line, doc: "The thin pool, for `lvmthin`.", pve: "thinpool", effect: "create-only" },
  content: {
    type: t.listOfType(content, true),
    doc: "What may lie on it.",
    pve: "content",
    removable: false,
    render: (value) =>
      value.type === "list"
        ? value.items
            .flatMap((item) => (item.type === "string" ? [item.value] : []))
            .toSorted()
            .join(",")
        : "",
  },
  shared: { type: t.bool, doc: "The same directory is on every node of the cluster.", pve: "shared" },
  sparse: { type: t.bool, doc: "Make thin volumes, for `zfspool`.", pve: "sparse" },
  blocksize: {
    type: { type: "string", pattern: "\\d+[kKmM]?", describe: "a block size such as 16k" },
    doc: "The block size of new volumes, for `zfspool`.",
    pve: "blocksize",
  },
  nodes: { type: t.listOfType(t.dnsName, true), doc: "The nodes that have it. Default: all.", pve: "nodes" },
  options: { type: t.line, doc: "Mount options, for `nfs` and `cifs`.", pve: "options" },
  is_mountpoint: {
    type: t.bool,
    doc: "Use it only while something is mounted at its path.",
    pve: "is_mountpoint",
    render: (value) => (value.type === "bool" && value.value ? "yes" : "no"),
  },
  disable: { type: t.bool, doc: "Do not use it.", pve: "disable" },
};
