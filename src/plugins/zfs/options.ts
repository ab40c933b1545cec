import type { ArgSpec, OptionSpec, OptionType, SectionSpec } from "../../plugin-api/index.js";
import * as t from "../guest/types.js";
import { delegationSections } from "./delegation.js";
import { keySection } from "./key.js";
import { snapshotSection } from "./snapshots.js";
import { nativeOptions, poolProperties } from "./native.js";
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

const raidWords = { raid1: "mirror", raidz: "raidz1", raid5: "raidz1", raid6: "raidz2" };
const raid = t.oneOfMeant(
  { ...raidWords, raid0: "", raid10: "", stripe: "" },
  ...["single", "mirror", "raidz1", "raidz2", "raidz3"],
);
const disks: OptionSpec = {
  type: t.listOfType(t.path, true),
  doc: "The disks, by a path that never changes (`/dev/disk/by-id/...`).",
};

/** The attributes of a pool. */
export const poolOptions: Readonly<Record<string, OptionSpec>> = {
  raid: { type: raid, doc: "How the disks are joined. `single` takes one disk." },
  disks,
  ashift: {
    type: { type: "int", min: 9, max: 16 },
    doc: "The sector size as a power of two. Default for a new pool: 12.",
  },
};

const added: OptionSpec = {
  type: t.bool,
  doc: "Whether it may be added to a pool that is there without it. Without this a difference is refused.",
};

function vdev(doc: string, type?: OptionType, more: Readonly<Record<string, OptionSpec>> = {}): SectionSpec {
  const args: readonly ArgSpec[] =
    type === undefined
      ? []
      : [{ name: "raid", type, doc: "How its disks are joined. Default: `single`.", optional: true }];
  return {
    doc,
    args,
    repeat: "any",
    options: { disks: { ...disks, required: true }, ...more, add: added },
    sections: {},
    instead: { devices: "disks", drives: "disks" },
  };
}

const mirrors = t.oneOfMeant(raidWords, "single", "mirror");
const draid = {
  data: {
    type: { type: "int", min: 1, max: 255 },
    doc: "Of a draid: the data disks of a group. Default: 8, or all.",
  },
  spares: { type: { type: "int", min: 0, max: 4 }, doc: "Of a draid: the spares spread over its disks. Default: 0." },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** The blocks that a pool is made of; the keyword is the word of `zpool`, apart from `vdev`. */
export const vdevSections: Readonly<Record<string, SectionSpec>> = {
  vdev: vdev(
    "Disks that hold data, joined in one way; several of these blocks share the data out.",
    t.oneOfMeant(raidWords, "single", "mirror", "raidz1", "raidz2", "raidz3", "draid1", "draid2", "draid3"),
    draid,
  ),
  log: vdev("Disks for the log of writes that wait (SLOG).", mirrors),
  cache: vdev("Disks for the second cache of reads (L2ARC)."),
  special: vdev("Disks for metadata and small blocks; the pool is lost with them.", mirrors),
  dedup: vdev("Disks for the table of equal blocks; the pool is lost with them.", mirrors),
  spare: vdev("Disks that take the place of one that fails."),
};

/** The blocks of a pool. */
export const poolSections: Readonly<Record<string, SectionSpec>> = {
  ...vdevSections,
  replace: {
    doc: "A disk of the pool that another one takes the place of; the other one is a declared disk.",
    args: [{ name: "disk", type: t.path, doc: "The disk that is to go, by the path that the pool has." }],
    repeat: "by-argument",
    options: { by: { type: t.path, required: true, doc: "The disk that takes its place." } },
    sections: {},
    instead: { with: "by", new: "by" },
  },
  options: {
    doc: "Properties of the pool.",
    args: [],
    repeat: "once",
    options: poolProperties,
    sections: {},
    free: {
      pattern: "feature@[a-z0-9_]+",
      describe: "a property of a pool, or `feature@NAME`",
      option: { type: t.oneOf("enabled", "disabled"), doc: "Whether a feature of the pool's format may be used." },
    },
  },
  properties: properties("Properties of its root dataset, which all datasets inherit.", "filesystem"),
  ...delegationSections,
};

function properties(doc: string, type: "filesystem" | "volume"): SectionSpec {
  return {
    doc,
    args: [],
    repeat: "once",
    options: nativeOptions(type),
    sections: {},
    free: {
      pattern: "[a-z0-9_.+-]*:[a-z0-9:_.+-]*|(user|group|project)(obj)?(quota)@[A-Za-z0-9._@-]+",
      describe: "a property of ZFS, one of your own with a `:` in its name, or a quota such as `userquota@NAME`",
      option: {
        type: t.union({ type: "size", min: 0 }, { type: "int", min: 0 }, t.line),
        doc: "The value of the property, as `zfs` takes it.",
        removable: true,
      },
    },
  };
}

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

/** The attributes of a dataset; `pve` is the ZFS property. */
export const datasetOptions: Readonly<Record<string, OptionSpec>> = nativeOptions("filesystem");

/** The blocks of a dataset. */
export const datasetSections: Readonly<Record<string, SectionSpec>> = {
  properties: properties("ZFS properties by name, and those of your own.", "filesystem"),
  snapshots: snapshotSection,
  key: keySection,
  ...delegationSections,
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

/** The attributes of a volume. */
export const zvolOptions: Readonly<Record<string, OptionSpec>> = {
  size: {
    type: { type: "size", min: 1 },
    required: true,
    doc: "Its size; it grows when this does, and is never shrunk.",
  },
  sparse: { type: t.bool, doc: "Whether no room is kept free for it when it is made." },
  ...nativeOptions("volume"),
};

/** The blocks of a volume. */
export const zvolSections: Readonly<Record<string, SectionSpec>> = {
  properties: properties("ZFS properties by name, and those of your own.", "volume"),
  snapshots: snapshotSection,
  key: keySection,
  ...delegationSections,
};
