import { atOnce, netDocs, netKeys } from "./common.js";
import * as o from "./spec.js";

/** Ranges of numbers, as CPU sets and VLAN trunks are written. */
export const numberRanges = /\d+(?:-\d+)?(?:;\d+(?:-\d+)?)*/;
/** What a drive's volume may be named by. */
export const volumeOrPath = o.format("pve-volume-or-path");
export const diskSize = o.format("disk-size");

const limits = ["bps", "bps_rd", "bps_wr", "iops", "iops_rd", "iops_wr"];
const throttles: Record<string, o.Spec> = {
  ...Object.fromEntries(
    limits.flatMap((name) => [
      [name, o.int()],
      [`${name}_max_length`, o.int(1)],
    ]),
  ),
  ...Object.fromEntries(["iops_max", "iops_rd_max", "iops_wr_max"].map((name) => [name, o.int()])),
  ...Object.fromEntries(
    ["mbps", "mbps_rd", "mbps_wr"].flatMap((name) => [
      [name, o.num()],
      [`${name}_max`, o.num()],
    ]),
  ),
};

/** Keys that every drive takes. */
export const anyDrive: Record<string, o.Spec> = {
  ...throttles,
  aio: o.oneOf("native", "threads", "io_uring"),
  backup: o.told(o.bool, "Whether backups include the disk."),
  cache: o.told(o.oneOf("none", "writethrough", "writeback", "unsafe", "directsync"), "The cache mode."),
  detect_zeroes: o.bool,
  discard: o.told(o.oneOf("ignore", "on"), "Pass discards on to the storage."),
  file: volumeOrPath,
  format: o.oneOf("raw", "qcow", "qed", "qcow2", "vmdk", "cloop"),
  media: o.oneOf("cdrom", "disk"),
  replicate: o.bool,
  rerror: o.oneOf("ignore", "report", "stop"),
  serial: o.format("urlencoded", { maxLength: 60 }),
  shared: o.bool,
  size: diskSize,
  snapshot: o.bool,
  werror: o.oneOf("enospc", "ignore", "report", "stop"),
};

const driveAliases = {
  volume: "file",
  bps_rd_length: "bps_rd_max_length",
  bps_wr_length: "bps_wr_max_length",
  iops_rd_length: "iops_rd_max_length",
  iops_wr_length: "iops_wr_max_length",
};

/** Keys that some buses have. */
export const iothread = o.told(o.bool, "Give the disk an I/O thread of its own.");
export const ro = o.told(o.bool, "Whether the disk is read-only.");
export const ssd = o.told(o.bool, "Show the disk as a solid-state one.");

/** A drive with further keys. Drives are plugged into a running machine. */
export function drive(more: Record<string, o.Spec>): o.Spec {
  const keys = { ...anyDrive, "import-from": volumeOrPath, ...more };
  return { ...o.property("file", keys, ["file"], { aliases: driveAliases }), ...atOnce };
}

/** The form of `cdrom`, another name of `ide2` that imports nothing. */
export function cdDrive(more: Record<string, o.Spec>): o.Spec {
  return o.property("file", { ...anyDrive, ...more }, ["file"], { aliases: driveAliases });
}

export const wwn = o.matching(/0x[0-9a-fA-F]{16}/);
export const model = o.format("urlencoded", { maxLength: 120 });
/** The form of `scsiN`. */
export const scsi = drive({
  iothread,
  product: o.matching(/[A-Za-z0-9\-_\s]{0,16}/),
  queues: o.int(2),
  ro,
  scsiblock: o.bool,
  ssd,
  vendor: o.matching(/[A-Za-z0-9\-_\s]{0,8}/),
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
      "host-tunnel": o.bool,
      macaddr: o.told(o.format("mac-addr"), netDocs.mac),
      model: o.told(o.oneOf(...models), "The model of the card. Default: `virtio`."),
      mtu: o.told(o.int(1, 65520), netDocs.mtu),
      queues: o.int(0, 64),
      rate: o.told(o.num(0), netDocs.rate),
      trunks: o.matching(numberRanges),
    },
    ["model"],
    { keyAlias: { words: models, key: "model", value: "macaddr" } },
  ),
  ...atOnce,
};

/** The form of `netN`, taken apart. */
export const netFormat: o.PropertyFormat = net.keys ?? { required: [], keys: {} };
