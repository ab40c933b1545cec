import type { ArgSpec, OptionSpec, SectionSpec } from "../../plugin-api/index.js";
import * as t from "../guest/types.js";
import { storageOptions, storageSections, storageType } from "../storage/options.js";

const component = "[A-Za-z0-9_][A-Za-z0-9_.:-]*";

/** `pool quickOS` */
export const poolArgs: readonly ArgSpec[] = [
  {
    name: "name",
    type: {
      type: "string",
      pattern: "[A-Za-z][A-Za-z0-9_.:-]*",
      describe: "a pool name: a letter, then letters, digits, `_`, `.`, `:` and `-`",
    },
    doc: "The name of the pool.",
  },
];

/** The attributes of a pool. */
export const poolOptions: Readonly<Record<string, OptionSpec>> = {
  raid: {
    type: t.oneOfMeant(
      { raid1: "mirror", raidz: "raidz1", raid5: "raidz1", raid6: "raidz2", raid0: "", raid10: "", stripe: "" },
      ...["single", "mirror", "raidz1", "raidz2", "raidz3"],
    ),
    doc: "How the disks are joined. `single` takes one disk.",
  },
  disks: { type: t.listOfType(t.path, true), doc: "The disks, by a path that never changes (`/dev/disk/by-id/...`)." },
  ashift: { type: { type: "int", min: 9, max: 16 }, doc: "The sector size as a power of two. Default: 12." },
};

const free = (doc: string): SectionSpec => ({
  doc,
  args: [],
  repeat: "once",
  options: {},
  sections: {},
  free: {
    pattern: "[a-z][a-z0-9_.:-]*",
    describe: "the name of a ZFS property",
    option: {
      type: t.union(t.bool, { type: "size", min: 0 }, { type: "int", min: 0 }, t.text),
      doc: "The value of the property, as `zfs` takes it.",
    },
  },
});

/** The blocks of a pool. */
export const poolSections: Readonly<Record<string, SectionSpec>> = {
  options: free("Properties of the pool, set when it is made: `autotrim`, `autoexpand`, ..."),
  properties: free("Properties of its root dataset, set when it is made: `compression`, `atime`, ..."),
};

/** `dataset quickOS/vm-disks` */
export const datasetArgs: readonly ArgSpec[] = [
  {
    name: "name",
    type: {
      type: "string",
      pattern: `[A-Za-z][A-Za-z0-9_.:-]*(/${component})+`,
      describe: "a dataset name: the pool, then names joined by `/`",
    },
    doc: "The name of the dataset with its pool.",
  },
];

const KIB = 1024;

/** The attributes of a dataset; `pve` is the ZFS property. */
export const datasetOptions: Readonly<Record<string, OptionSpec>> = {
  recordsize: {
    type: { type: "size", min: 512, max: 16 * KIB * KIB },
    doc: "The largest block of a file; a power of two.",
    pve: "recordsize",
    removable: false,
  },
  compression: {
    type: {
      type: "string",
      pattern: "on|off|lz4|lzjb|zle|gzip(-[1-9])?|zstd(-([1-9]|1[0-9]))?|zstd-fast(-[0-9]+)?",
      describe: "a compression such as lz4, zstd, gzip-6 or off",
    },
    doc: "The compression of new blocks.",
    pve: "compression",
    removable: false,
  },
  sync: {
    type: t.oneOf("standard", "always", "disabled"),
    doc: "Which writes wait for the disks.",
    pve: "sync",
    removable: false,
  },
  quota: {
    type: t.union(t.oneOf("none"), { type: "size", min: 1 }),
    doc: "The most that it and all below it may use.",
    pve: "quota",
    removable: false,
  },
  reservation: {
    type: t.union(t.oneOf("none"), { type: "size", min: 1 }),
    doc: "What is kept free for it and all below it.",
    pve: "reservation",
    removable: false,
  },
  atime: { type: t.bool, doc: "Whether reading a file is recorded.", pve: "atime", removable: false },
  mountpoint: {
    type: t.union(t.oneOf("none", "legacy"), t.path),
    doc: "Where it is mounted. Default: where ZFS mounts it, below its parent.",
    pve: "mountpoint",
    removable: false,
  },
};

/** The blocks of a dataset. */
export const datasetSections: Readonly<Record<string, SectionSpec>> = {
  properties: free("Further ZFS properties, by name."),
  storage: {
    doc: "A Proxmox storage on the dataset: `zfspool` on the dataset itself, any other on its mount point.",
    args: [{ name: "type", type: storageType, doc: "The type of the storage." }],
    repeat: "any",
    options: {
      ...storageOptions,
      id: { type: t.storageId, doc: "The storage's name. Default: the dataset's, with `-` for `/`." },
    },
    sections: storageSections,
  },
};
