import type { OptionSpec, OptionType } from "../../plugin-api/index.js";
import * as t from "../guest/types.js";

/** What a property belongs to: file systems, volumes, or both. */
type Of = "filesystem" | "volume" | "both";

/** What `absent` makes of a property that is set: it is inherited again, or it gets this value; of a property that is decided at creation nothing. */
type Absent = "inherit" | "decided" | { readonly value: string };

/** A native property of OpenZFS 2.1 to 2.3 that can be set (zfsprops(7)). */
export interface NativeProperty {
  readonly of: Of;
  readonly type: OptionType;
  readonly doc: string;
  readonly absent: Absent;
  /** The oldest OpenZFS that knows it, where that is newer than 2.1. */
  readonly since?: string;
}

const KIB = 1024;
/** As ZFS writes it, or as the language does. */
const onOff: OptionType = { type: "union", of: [{ type: "enum", values: ["on", "off"] }, { type: "bool" }] };
const none: Absent = { value: "none" };
const size: OptionType = { type: "size", min: 0 };
const limit: OptionType = t.union(t.oneOf("none"), size);
const count: OptionType = t.union(t.oneOf("none"), { type: "int", min: 0 });
const block: OptionType = { type: "size", min: 512, max: 16 * KIB * KIB };
const cache = t.oneOf("all", "none", "metadata");
const compression: OptionType = {
  type: "string",
  pattern:
    "on|off|lz4|lzjb|zle|gzip(-[1-9])?|zstd(-([1-9]|1[0-9]))?|zstd-fast(-([1-9]|10|20|30|40|50|60|70|80|90|100|500|1000))?",
  describe: "a compression such as lz4, zstd, gzip-6 or off",
};
const dedup: OptionType = {
  type: "string",
  pattern: "on|off|verify|(sha256|sha512|skein|blake3)(,verify)?|edonr,verify",
  describe: "on, off, verify or a checksum such as sha256, with `,verify` after it where blocks are compared",
};
const encryption = t.oneOf(
  "on",
  "off",
  "aes-128-ccm",
  "aes-192-ccm",
  "aes-256-ccm",
  "aes-128-gcm",
  "aes-192-gcm",
  "aes-256-gcm",
);

const of = (kind: Of, type: OptionType, doc: string, absent: Absent = "inherit"): NativeProperty => ({
  of: kind,
  type,
  doc,
  absent,
});
const newer = (since: string, property: NativeProperty): NativeProperty => ({ ...property, since });
const file = (type: OptionType, doc: string, absent: Absent = "inherit"): NativeProperty =>
  of("filesystem", type, doc, absent);
const both = (type: OptionType, doc: string, absent: Absent = "inherit"): NativeProperty =>
  of("both", type, doc, absent);

/** The properties by name; `volsize` is the size of a `zvol`, and the key of an encrypted dataset stands in its block. */
export const nativeProperties: Readonly<Record<string, NativeProperty>> = {
  aclinherit: file(
    t.oneOf("discard", "noallow", "restricted", "passthrough", "passthrough-x"),
    "How entries of NFSv4 access lists are inherited.",
  ),
  aclmode: file(
    t.oneOf("discard", "groupmask", "passthrough", "restricted"),
    "What `chmod` does to an NFSv4 access list.",
  ),
  acltype: file(t.oneOf("off", "posix", "nfsv4"), "The type of access lists."),
  atime: file(onOff, "Whether reading a file is recorded."),
  canmount: file(t.oneOf("on", "off", "noauto"), "Whether it is mounted, and by itself.", { value: "on" }),
  casesensitivity: file(
    t.oneOf("sensitive", "insensitive", "mixed"),
    "Whether names differ by case. Decided at creation.",
    "decided",
  ),
  checksum: both(
    t.oneOf("on", "off", "fletcher2", "fletcher4", "sha256", "noparity", "sha512", "skein", "edonr", "blake3"),
    "The checksum of new blocks. `blake3` needs OpenZFS 2.2.",
  ),
  compression: both(compression, "The compression of new blocks."),
  context: file(t.line, "The SELinux context of all files."),
  copies: both({ type: "int", min: 1, max: 3 }, "How often new blocks are stored."),
  dedup: both(dedup, "Whether equal blocks are stored once; costs memory for good."),
  defcontext: file(t.line, "The SELinux context of files without one."),
  devices: file(onOff, "Whether device files in it work."),
  direct: newer("2.3", file(t.oneOf("disabled", "standard", "always"), "Whether O_DIRECT bypasses the cache.")),
  dnodesize: file(t.oneOf("legacy", "auto", "1k", "2k", "4k", "8k", "16k"), "The size of a file's own record."),
  encryption: both(encryption, "The cipher; `on` is aes-256-gcm. Decided at creation.", "decided"),
  exec: file(onOff, "Whether programs in it can be run."),
  filesystem_limit: file(count, "The most datasets below it.", none),
  fscontext: file(t.line, "The SELinux context of the file system."),
  logbias: both(t.oneOf("latency", "throughput"), "What writes that wait are made for."),
  longname: newer("2.3", file(onOff, "Whether names may have 1023 bytes instead of 255.")),
  mlslabel: file(t.line, "The sensitivity label of trusted zones."),
  mountpoint: file(
    t.union(t.oneOf("none", "legacy"), t.path),
    "Where it is mounted. Default: where ZFS mounts it, below its parent.",
  ),
  nbmand: file(onOff, "Whether mandatory locks of SMB clients hold."),
  normalization: file(
    t.oneOf("none", "formC", "formD", "formKC", "formKD"),
    "How names are normalised where they are compared. Decided at creation.",
    "decided",
  ),
  overlay: file(onOff, "Whether it is mounted on a directory that is not empty."),
  prefetch: newer("2.3", both(t.oneOf("all", "none", "metadata"), "What is read ahead.")),
  primarycache: both(cache, "What the cache in memory (ARC) keeps."),
  quota: file(limit, "The most that it and all below it may use.", none),
  readonly: both(onOff, "Whether it cannot be changed."),
  recordsize: file(block, "The largest block of a file; a power of two."),
  redundant_metadata: both(t.oneOf("all", "most", "some", "none"), "Which metadata is stored once more."),
  refquota: file(limit, "The most that it itself may use, without what is below it.", none),
  refreservation: both(
    t.union(t.oneOf("none", "auto"), size),
    "What is kept free for it itself; `auto`, which only a volume can have: all that it may need.",
    none,
  ),
  relatime: file(onOff, "Whether reading is recorded only now and then."),
  reservation: both(limit, "What is kept free for it and all below it.", none),
  rootcontext: file(t.line, "The SELinux context of its root directory."),
  secondarycache: both(cache, "What cache devices (L2ARC) keep."),
  setuid: file(onOff, "Whether set-user-id bits count."),
  sharenfs: file(t.union(onOff, t.line), "Whether, and with which options, ZFS itself exports it over NFS."),
  sharesmb: file(t.union(onOff, t.line), "Whether ZFS itself shares it with Samba."),
  snapdev: both(t.oneOf("hidden", "visible"), "Whether snapshots of volumes have device files."),
  snapdir: file(t.oneOf("hidden", "visible", "disabled"), "Whether `.zfs` is seen. `disabled` needs OpenZFS 2.3."),
  snapshot_limit: both(count, "The most snapshots of it and of all below it.", none),
  special_small_blocks: file(
    { type: "size", min: 0, max: 16 * KIB * KIB },
    "Up to which size blocks go to the special devices of the pool.",
  ),
  sync: both(t.oneOf("standard", "always", "disabled"), "Which writes wait for the disks."),
  utf8only: file(onOff, "Whether names must be UTF-8. Decided at creation.", "decided"),
  version: file(t.union(t.oneOf("current"), { type: "int", min: 1, max: 5 }), "The version of its format.", "decided"),
  volblocksize: of("volume", block, "The block of the volume; a power of two. Decided at creation.", "decided"),
  volmode: both(t.oneOf("default", "full", "geom", "dev", "none"), "How volumes appear below /dev."),
  volthreading: newer("2.3", of("volume", onOff, "Whether requests are handled by several threads.")),
  vscan: file(onOff, "Whether files are scanned for viruses when they are opened and closed."),
  xattr: file(t.oneOf("on", "off", "sa", "dir"), "How extended attributes are stored."),
  zoned: file(onOff, "Whether a user namespace manages it."),
};

/** The attributes that stand for native properties of one type of dataset; `pve` is the property's name. */
export function nativeOptions(type: "filesystem" | "volume"): Readonly<Record<string, OptionSpec>> {
  return Object.fromEntries(
    Object.entries(nativeProperties)
      .filter(([, property]) => property.of === type || property.of === "both")
      .map(([name, property]) => [name, optionOf(name, property, type)]),
  );
}

function optionOf(name: string, { type, doc, absent, since }: NativeProperty, of: "filesystem" | "volume"): OptionSpec {
  return {
    type: name === "refreservation" && of === "filesystem" ? limit : type,
    doc: since === undefined ? doc : `${doc} Needs OpenZFS ${since}.`,
    pve: name,
    removable: absent !== "decided",
  };
}

/** Native properties of pools that can be set (zpoolprops(7)); `ashift` is an attribute of the pool itself. */
export const poolProperties: Readonly<Record<string, OptionSpec>> = {
  autoexpand: { type: onOff, doc: "Whether the pool grows when its disks do." },
  autoreplace: { type: onOff, doc: "Whether a new disk in the place of an old one is taken by itself." },
  autotrim: { type: onOff, doc: "Whether freed space is told to the disks at once." },
  bootfs: { type: t.line, doc: "The dataset that is booted from." },
  cachefile: { type: t.union(t.oneOf("none"), t.path), doc: "Where the pool is written down for importing." },
  comment: { type: { type: "string", maxLength: 31 }, doc: "A text of at most 31 characters." },
  compatibility: {
    type: {
      type: "string",
      pattern: "[A-Za-z0-9._-]+(,[A-Za-z0-9._-]+)*",
      describe: "off, legacy, or names of feature sets joined by commas, such as openzfs-2.1-linux",
    },
    doc: "The feature sets that limit what is enabled: `off`, `legacy`, or files of /usr/share/zfs/compatibility.d.",
  },
  dedup_table_quota: {
    type: t.union(t.oneOf("none", "auto"), { type: "size", min: 1 }),
    doc: "The most that the table of equal blocks may use. Needs OpenZFS 2.3.",
  },
  delegation: { type: onOff, doc: "Whether users may be given permissions (`allow`)." },
  failmode: { type: t.oneOf("wait", "continue", "panic"), doc: "What happens when the pool cannot be reached." },
  listsnapshots: { type: onOff, doc: "Whether `zfs list` shows snapshots." },
  multihost: { type: onOff, doc: "Whether a second host is kept from importing the pool." },
};
