import { attribute, attributes, propertyBlock, storageAdd, storageTypeNames } from "../../plugin-api/index.js";
import type { OptionSpec, SectionSpec } from "../../plugin-api/index.js";
import * as t from "../guest/types.js";

/** The types of storages that can be declared. */
export const storageType = t.oneOfMeant(
  { directory: "dir", folder: "dir", path: "dir", smb: "cifs", samba: "cifs", thin: "lvmthin", ceph: "rbd" },
  "zfspool",
  ...storageTypeNames.filter((name) => name !== "zfspool"),
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

/** The options that Proxmox takes from its standard input or from a file; where their values are is all that a plan says. */
export const fedOptions: readonly string[] = ["encryption-key", "keyring", "master-pubkey", "password"];

const secret = { type: { type: "secret" }, removable: false } as const;

/**
 * The options of a storage, one entry each; `pve` is the option of `pvesm`. Which of them a type takes, and which of those it
 * cannot change later, `storageTypes` says.
 */
export const storageOptions: Readonly<Record<string, OptionSpec>> = {
  path: attribute(storageAdd, "path"),
  pool: attribute(storageAdd, "pool", {
    type: { type: "ref", kinds: ["pool", "dataset"], loose: zfsName },
    removable: false,
  }),
  dataset: {
    type: { type: "ref", kinds: ["dataset"], loose: zfsName },
    doc: "The ZFS dataset, for `zfspool`; another name for `pool`.",
  },
  ...attributes(storageAdd, "server", "export", "share", "vgname", "thinpool", "datastore", "portal", "target"),
  ...attributes(storageAdd, "iscsiprovider", "base"),
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
  ...attributes(storageAdd, "shared", "sparse", "blocksize", "mountpoint", "nodes", "options"),
  is_mountpoint: attribute(storageAdd, "is_mountpoint", {
    type: t.bool,
    render: (value) => (value.type === "bool" && value.value ? "yes" : "no"),
  }),
  ...attributes(storageAdd, "disable", "format", "preallocation", "snapshot-as-volume-chain", "nocow"),
  ...attributes(storageAdd, "create-base-path", "create-subdirs", "mkdir", "content-dirs", "max-protected-backups"),
  ...attributes(storageAdd, "username", "domain", "subdir", "smbversion", "port", "fingerprint", "namespace"),
  ...attributes(storageAdd, "skip-cert-verification", "monhost", "fs-name", "fuse", "data-pool", "krbd"),
  ...attributes(storageAdd, "saferemove", "saferemove-stepsize", "saferemove_throughput", "tagged_only"),
  ...attributes(storageAdd, "comstar_hg", "comstar_tg", "lio_tpg", "nowritecache", "zfs-base-path"),
  password: attribute(storageAdd, "password", secret),
  keyring: attribute(storageAdd, "keyring", secret),
  "encryption-key": attribute(storageAdd, "encryption-key", {
    type: t.union(t.oneOf("autogen"), { type: "secret" }),
    removable: false,
  }),
  "master-pubkey": attribute(storageAdd, "master-pubkey", { type: t.path, removable: false }),
};

/** The blocks of a storage: its property strings. */
export const storageSections: Readonly<Record<string, SectionSpec>> = {
  "prune-backups": propertyBlock(storageAdd, "prune-backups"),
  bwlimit: propertyBlock(storageAdd, "bwlimit"),
};
