import { bool, format, int, matching, num, oneOf, property, type PropertyFormat, type Spec } from "../schema/spec.js";

/** Ranges of numbers, as CPU sets and VLAN trunks are written. */
export const numberRanges = /\d+(?:-\d+)?(?:;\d+(?:-\d+)?)*/;
/** What a drive's volume may be named by. */
export const volumeOrPath = format("pve-volume-or-path");
export const diskSize = format("disk-size");

const limits = ["bps", "bps_rd", "bps_wr", "iops", "iops_rd", "iops_wr"];
const throttles: Record<string, Spec> = {
  ...Object.fromEntries(
    limits.flatMap((name) => [
      [name, int()],
      [`${name}_max_length`, int(1)],
    ]),
  ),
  ...Object.fromEntries(["iops_max", "iops_rd_max", "iops_wr_max"].map((name) => [name, int()])),
  ...Object.fromEntries(
    ["mbps", "mbps_rd", "mbps_wr"].flatMap((name) => [
      [name, num()],
      [`${name}_max`, num()],
    ]),
  ),
};

/** Keys that every drive takes. */
export const anyDrive: Record<string, Spec> = {
  ...throttles,
  aio: oneOf("native", "threads", "io_uring"),
  backup: bool,
  cache: oneOf("none", "writethrough", "writeback", "unsafe", "directsync"),
  detect_zeroes: bool,
  discard: oneOf("ignore", "on"),
  file: volumeOrPath,
  format: oneOf("raw", "qcow", "qed", "qcow2", "vmdk", "cloop"),
  media: oneOf("cdrom", "disk"),
  replicate: bool,
  rerror: oneOf("ignore", "report", "stop"),
  serial: format("urlencoded", { maxLength: 60 }),
  shared: bool,
  size: diskSize,
  snapshot: bool,
  werror: oneOf("enospc", "ignore", "report", "stop"),
};

const driveAliases = {
  volume: "file",
  bps_rd_length: "bps_rd_max_length",
  bps_wr_length: "bps_wr_max_length",
  iops_rd_length: "iops_rd_max_length",
  iops_wr_length: "iops_wr_max_length",
};

/** A drive with further keys. */
export function drive(more: Record<string, Spec>): Spec {
  return property("file", { ...anyDrive, "import-from": volumeOrPath, ...more }, ["file"], { aliases: driveAliases });
}

/** The form of `cdrom`, another name of `ide2` that imports nothing. */
export function cdDrive(more: Record<string, Spec>): Spec {
  return property("file", { ...anyDrive, ...more }, ["file"], { aliases: driveAliases });
}

export const wwn = matching(/0x[0-9a-fA-F]{16}/);
export const model = format("urlencoded", { maxLength: 120 });
/** The form of `scsiN`. */
export const scsi = drive({
  iothread: bool,
  product: matching(/[A-Za-z0-9\-_\s]{0,16}/),
  queues: int(2),
  ro: bool,
  scsiblock: bool,
  ssd: bool,
  vendor: matching(/[A-Za-z0-9\-_\s]{0,8}/),
  wwn,
});

/** Network models; each also stands as a key for its MAC address. */
const models =
  "e1000 e1000-82540em e1000-82544gc e1000-82545em e1000e i82551 i82557b i82559er ne2k_isa ne2k_pci pcnet rtl8139 virtio vmxnet3".split(
    " ",
  );

/** The form of `netN`. */
export const net = property(
  "model",
  {
    bridge: format("pve-bridge-id"),
    firewall: bool,
    "host-tunnel": bool,
    link_down: bool,
    macaddr: format("mac-addr"),
    model: oneOf(...models),
    mtu: int(1, 65520),
    queues: int(0, 64),
    rate: num(0),
    tag: int(1, 4094),
    trunks: matching(numberRanges),
  },
  ["model"],
  { keyAlias: { words: models, key: "model", value: "macaddr" } },
);

/** The form of `netN`, taken apart. */
export const netFormat: PropertyFormat = net.keys ?? { required: [], keys: {} };
