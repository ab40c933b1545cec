import { attribute, attributes, storageAdd } from "../../plugin-api/index.js";
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
  path: attribute(storageAdd, "path"),
  pool: attribute(storageAdd, "pool", { type: { type: "ref", kinds: ["pool", "dataset"], loose: zfsName } }),
  dataset: {
    type: { type: "ref", kinds: ["dataset"], loose: zfsName },
    doc: "The ZFS dataset, for `zfspool`; another name for `pool`.",
  },
  ...attributes(storageAdd, "server", "export", "share", "vgname", "thinpool"),
  content: attribute(storageAdd, "content", {
    type: t.listOfType(content, true),
    removable: false,
    render: (value) =>
      value.type === "list"
        ? value.items
            .flatMap((item) => (item.type === "string" ? [item.value] : []))
            .toSorted()
            .join(",")
        : "",
  }),
  ...attributes(storageAdd, "shared", "sparse", "blocksize"),
  ...attributes(storageAdd, "nodes", "options"),
  is_mountpoint: attribute(storageAdd, "is_mountpoint", {
    type: t.bool,
    render: (value) => (value.type === "bool" && value.value ? "yes" : "no"),
  }),
  disable: attribute(storageAdd, "disable"),
};
