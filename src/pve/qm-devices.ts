import { atOnce, netDocs, netKeys, pending } from "./common.js";
import * as o from "./spec.js";

/** Ranges of numbers, as CPU sets and VLAN trunks are written. */
export const numberRanges = /\d+(?:-\d+)?(?:;\d+(?:-\d+)?)*/;
/** What a drive's volume may be named by. */
export const volumeOrPath = o.told(o.format("pve-volume-or-path"), "The volume; `STORAGE:GIB` allocates one.");
export const diskSize = o.told(o.format("disk-size"), "The size, as Proxmox notes it; it changes by resizing only.");
export const importFrom = o.told(volumeOrPath, "A volume or path that a new disk is a copy of.");

const DIRECTION: Readonly<Record<string, string>> = { "": "", _rd: " of reading", _wr: " of writing" };

/** Limits of a drive: bytes, megabytes and operations a second, each in total, of reading and of writing. */
const throttles: Record<string, o.Spec> = Object.fromEntries(
  Object.entries(DIRECTION).flatMap(([suffix, what]) => [
    [`bps${suffix}`, o.told(o.int(), `The limit${what}, in bytes per second.`)],
    [`bps${suffix}_max_length`, o.told(o.int(1), `How long a burst${what} may last, in seconds.`)],
    [`iops${suffix}`, o.told(o.int(), `The limit${what}, in operations per second.`)],
    [`iops${suffix}_max`, o.told(o.int(), `The limit of a burst${what}, in operations per second.`)],
    [`iops${suffix}_max_length`, o.told(o.int(1), `How long a burst of operations${what} may last, in seconds.`)],
    [`mbps${suffix}`, o.told(o.num(), `The limit${what}, in megabytes per second.`)],
    [`mbps${suffix}_max`, o.told(o.num(), `The limit of a burst${what}, in megabytes per second.`)],
  ]),
);

/** Keys that every drive takes. Some of them a running machine does not take over, though a drive is plugged in at once. */
export const anyDrive: Record<string, o.Spec> = {
  ...throttles,
  aio: o.told(o.oneOf("native", "threads", "io_uring"), "How QEMU reads and writes asynchronously.", pending),
  backup: o.flag("Whether backups include the disk.", undefined),
  cache: o.told(o.oneOf("none", "writethrough", "writeback", "unsafe", "directsync"), "The cache mode.", pending),
  detect_zeroes: o.flag("Whether writing zeroes is recognised and made cheap.", undefined),
  discard: o.told(o.oneOf("ignore", "on"), "Pass discards on to the storage.", pending),
  file: volumeOrPath,
  format: o.told(o.oneOf("raw", "qcow", "qed", "qcow2", "vmdk", "cloop"), "The format of a new disk's file."),
  media: o.told(o.oneOf("cdrom", "disk"), "Whether it is a disk or an optical drive.", { default: "disk" }),
  replicate: o.flag("Whether replication jobs copy it.", true),
  rerror: o.told(o.oneOf("ignore", "report", "stop"), "What happens when reading fails."),
  serial: o.told(o.format("urlencoded", { maxLength: 60 }), "The serial number that the guest sees."),
  shared: o.flag("Whether the volume is the same on all nodes, though its storage does not say so.", false),
  size: diskSize,
  snapshot: o.flag("Throw away what was written when the guest stops.", undefined),
  werror: o.told(o.oneOf("enospc", "ignore", "report", "stop"), "What happens when writing fails."),
};

const driveAliases = {
  volume: "file",
  bps_rd_length: "bps_rd_max_length",
  bps_wr_length: "bps_wr_max_length",
  iops_rd_length: "iops_rd_max_length",
  iops_wr_length: "iops_wr_max_length",
};

/** Keys that some buses have. */
export const iothread = o.flag("Give the disk an I/O thread of its own.", undefined, pending);
export const ro = o.flag("Whether the disk is read-only.", undefined, pending);
export const ssd = o.flag("Show the disk as a solid-state one.", undefined, pending);

/** A drive with further keys. Drives are plugged into a running machine. */
export function drive(more: Record<string, o.Spec>): o.Spec {
  const keys = { ...anyDrive, "import-from": importFrom, ...more };
  return {
    ...o.property("file", keys, ["file"], { aliases: driveAliases }),
    doc: "A disk or an optical drive.",
    ...atOnce,
  };
}

/** The form of `cdrom`, another name of `ide2` that imports nothing. */
export function cdDrive(more: Record<string, o.Spec>): o.Spec {
  return o.property("file", { ...anyDrive, ...more }, ["file"], { aliases: driveAliases });
}

export const wwn = o.matching(/0x[0-9a-fA-F]{16}/, {
  doc: "The World Wide Name of the disk.",
  describe: "`0x` and 16 hexadecimal digits",
});
export const model = o.told(o.format("urlencoded", { maxLength: 120 }), "The model that the guest sees.");
/** The form of `scsiN`. */
export const scsi = drive({
  iothread,
  product: o.matching(/[A-Za-z0-9\-_\s]{0,16}/, {
    doc: "The product name that the guest sees.",
    describe: "up to 16 letters, digits, hyphens, underscores and blanks",
    since: "8.2",
    ...pending,
  }),
  queues: o.told(o.int(2), "The number of queues.", pending),
  ro,
  scsiblock: o.flag("Pass a disk of the host through whole, with all SCSI commands.", false),
  ssd,
  vendor: o.matching(/[A-Za-z0-9\-_\s]{0,8}/, {
    doc: "The vendor's name that the guest sees.",
    describe: "up to 8 letters, digits, hyphens, underscores and blanks",
    since: "8.2",
    ...pending,
  }),
  wwn,
});

/** Network models; each also stands as a key for its MAC address. */
const models =
  "e1000 e1000-82540em e1000-82544gc e1000-82545em e1000e i82551 i82557b i82559er ne2k_isa ne2k_pci pcnet rtl8139 virtio vmxnet3".split(
    " ",
  );

/** The form of `netN`. */
export const net: o.Spec = {
  ...o.property(
    "model",
    {
      ...netKeys,
      bridge: o.told(o.format("pve-bridge-id"), netDocs.bridge),
      "host-tunnel": o.flag("Let the host cut up packets of UDP tunnels for a `virtio` card.", undefined),
      macaddr: o.told(o.format("mac-addr"), netDocs.mac),
      model: o.told(o.oneOf(...models), "The model of the card. Default: `virtio`."),
      mtu: o.told(o.int(1, 65520), netDocs.mtu),
      queues: o.told(o.int(0, 64), "The number of queues of a `virtio` card."),
      rate: o.told(o.num(0), netDocs.rate),
      trunks: o.matching(numberRanges, { doc: netDocs.trunks, describe: "VLAN tags such as 10;20-29" }),
    },
    ["model"],
    { keyAlias: { words: models, key: "model", value: "macaddr" } },
  ),
  doc: "A network interface.",
  ...atOnce,
};

/** The form of `netN`, taken apart. */
export const netFormat: o.PropertyFormat = net.keys ?? { required: [], keys: {} };
