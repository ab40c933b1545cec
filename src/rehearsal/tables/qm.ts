import {
  bool,
  format,
  int,
  matching,
  num,
  oneOf,
  type Options,
  property,
  type PropertyFormat,
  text,
  upTo,
} from "../schema/spec.js";
import { anyDrive, cdDrive, diskSize, drive, model, net, numberRanges, scsi, volumeOrPath, wwn } from "./qm-devices.js";

const base64 = matching(/[A-Za-z0-9+/]+={0,2}/);
const hexId = matching(/0x[0-9a-fA-F]{4}/);
const uuid = /[a-fA-F0-9]{8}(?:-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}/;
const pci = /(?:[a-f0-9]{4,}:)?[a-f0-9]{2}:[a-f0-9]{2}(?:\.[a-f0-9])?/;
const cpu = property("cputype", {
  cputype: format("cputype"),
  flags: matching(/[+-][a-zA-Z0-9\-_.]+(?:;[+-][a-zA-Z0-9\-_.]+)*/),
  "guest-phys-bits": int(32, 64),
  hidden: bool,
  "hv-vendor-id": matching(/[a-zA-Z0-9]{1,12}/),
  level: int(0, 4294967295),
  "phys-bits": matching(/host|[89]|[1-5]\d|6[0-4]/),
  "reported-model": format("cputype"),
});

const machine = property("type", {
  "aw-bits": num(32, 64),
  "enable-s3": bool,
  "enable-s4": bool,
  type: matching(
    /pc|pc(-i440fx)?-\d+(\.\d+)+(\+pve\d+)?(\.pxe)?|q35|pc-q35-\d+(\.\d+)+(\+pve\d+)?(\.pxe)?|virt(?:-\d+(\.\d+)+)?(\+pve\d+)?/,
    { maxLength: 40 },
  ),
  viommu: oneOf("intel", "virtio"),
});

const numa = property(
  undefined,
  {
    cpus: matching(numberRanges),
    hostnodes: matching(numberRanges),
    memory: num(),
    policy: oneOf("preferred", "bind", "interleave"),
  },
  ["cpus"],
);

const hardware: Options = {
  "amd-sev": property(
    "type",
    {
      "allow-smt": bool,
      "kernel-hashes": bool,
      "no-debug": bool,
      "no-key-sharing": bool,
      type: oneOf("std", "es", "snp"),
    },
    ["type"],
  ),
  arch: oneOf("x86_64", "aarch64"),
  audio0: property(
    undefined,
    { device: oneOf("ich9-intel-hda", "intel-hda", "AC97"), driver: oneOf("spice", "none") },
    ["device"],
  ),
  bios: oneOf("seabios", "ovmf"),
  boot: property("legacy", { legacy: matching(/[acdn]{1,4}/), order: format("pve-bootdev", { list: true }) }),
  bootdisk: matching(/(ide|sata|scsi|virtio)\d+/),
  cdrom: cdDrive({ model, ssd: bool, wwn }),
  cores: int(1),
  cpu,
  efidisk0: property(
    "file",
    {
      efitype: oneOf("2m", "4m"),
      file: volumeOrPath,
      format: anyDrive["format"] ?? text(),
      "import-from": volumeOrPath,
      "ms-cert": oneOf("2011", "2023", "2023w", "2023k"),
      "pre-enrolled-keys": bool,
      size: diskSize,
    },
    ["file"],
    { aliases: { volume: "file" } },
  ),
  "hostpci[n]": upTo(
    15,
    property("host", {
      "device-id": hexId,
      driver: oneOf("vfio", "keep"),
      host: matching(new RegExp(`${pci.source}(?:;${pci.source})*`)),
      "legacy-igd": bool,
      mapping: format("pve-configid"),
      mdev: matching(/[^/.:]+/),
      pcie: bool,
      rombar: bool,
      romfile: matching(/[^,;]+/),
      "sub-device-id": hexId,
      "sub-vendor-id": hexId,
      "vendor-id": hexId,
      "x-vga": bool,
    }),
  ),
  "ide[n]": upTo(3, drive({ model, ssd: bool, wwn })),
  "intel-tdx": property("type", { attestation: bool, type: oneOf("tdx"), "vsock-cid": int(2), "vsock-port": int(0) }, [
    "attestation",
    "type",
  ]),
  ivshmem: property(undefined, { name: matching(/[a-zA-Z0-9-]+/), size: int(1) }, ["size"]),
  machine,
  memory: property("current", { current: int(16) }, ["current"]),
  "net[n]": upTo(31, net),
  ...Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7].map((n) => [`numa${n}`, numa])),
  "parallel[n]": upTo(2, matching(/\/dev\/parport\d+|\/dev\/usb\/lp\d+/)),
  rng0: property(
    "source",
    { max_bytes: int(), period: int(), source: oneOf("/dev/urandom", "/dev/random", "/dev/hwrng") },
    ["source"],
  ),
  "sata[n]": upTo(5, drive({ ssd: bool, wwn })),
  "scsi[n]": upTo(30, scsi),
  scsihw: oneOf("lsi", "lsi53c810", "virtio-scsi-pci", "virtio-scsi-single", "megasas", "pvscsi"),
  "serial[n]": upTo(3, matching(/\/dev\/[^,]+|socket/)),
  tpmstate0: property(
    "file",
    {
      file: volumeOrPath,
      format: oneOf("raw", "qcow2", "vmdk"),
      "import-from": volumeOrPath,
      size: diskSize,
      version: oneOf("v1.2", "v2.0"),
    },
    ["file"],
    { aliases: { volume: "file" } },
  ),
  "unused[n]": upTo(
    255,
    property("file", { file: format("pve-volume-id") }, ["file"], { aliases: { volume: "file" } }),
  ),
  "usb[n]": upTo(
    13,
    property("host", {
      host: matching(/(?:0x)?[0-9A-Fa-f]{4}:(?:0x)?[0-9A-Fa-f]{4}|\d+-\d+(?:\.\d+)*|[Ss][Pp][Ii][Cc][Ee]/),
      mapping: format("pve-configid"),
      usb3: bool,
    }),
  ),
  vga: property("type", {
    clipboard: oneOf("vnc"),
    memory: int(4, 512),
    type: oneOf(
      "cirrus",
      "qxl",
      "qxl2",
      "qxl3",
      "qxl4",
      "none",
      "serial0",
      "serial1",
      "serial2",
      "serial3",
      "std",
      "virtio",
      "virtio-gl",
      "vmware",
    ),
  }),
  "virtio[n]": upTo(15, drive({ iothread: bool, ro: bool })),
  "virtiofs[n]": upTo(
    9,
    property(
      "dirid",
      {
        cache: oneOf("auto", "always", "metadata", "never"),
        dirid: format("pve-configid"),
        "direct-io": bool,
        "expose-acl": bool,
        "expose-xattr": bool,
      },
      ["dirid"],
    ),
  ),
  watchdog: property("model", {
    action: oneOf("reset", "shutdown", "poweroff", "pause", "debug", "none"),
    model: oneOf("i6300esb", "ib700"),
  }),
};

const cloudInit: Options = {
  cicustom: property(
    undefined,
    Object.fromEntries(["meta", "network", "user", "vendor"].map((key) => [key, format("pve-volume-id")])),
  ),
  cipassword: text({ prompts: true }),
  citype: oneOf("configdrive2", "nocloud", "opennebula"),
  ciupgrade: bool,
  ciuser: text(),
  "ipconfig[n]": upTo(
    31,
    property(undefined, {
      gw: format("ipv4", { requires: "ip" }),
      gw6: format("ipv6", { requires: "ip6" }),
      ip: format("pve-ipv4-config"),
      ip6: format("pve-ipv6-config"),
    }),
  ),
  nameserver: format("address-list"),
  searchdomain: text(),
  sshkeys: format("urlencoded"),
};

const general: Options = {
  acpi: bool,
  affinity: format("pve-cpuset"),
  agent: property(
    "enabled",
    { enabled: bool, "freeze-fs": bool, fstrim_cloned_disks: bool, type: oneOf("virtio", "isa") },
    ["enabled"],
    { aliases: { "freeze-fs-on-backup": "freeze-fs", "guest-fsfreeze": "freeze-fs" } },
  ),
  "allow-ksm": bool,
  args: text(),
  autostart: bool,
  balloon: int(0),
  cpulimit: num(0, 128),
  cpuunits: int(1, 262144),
  description: text({ maxLength: 8192 }),
  force: bool,
  freeze: bool,
  hookscript: format("pve-volume-id"),
  hotplug: format("pve-hotplug", { list: true }),
  hugepages: oneOf("any", "2", "1024"),
  keephugepages: bool,
  keyboard: oneOf(
    ..."de de-ch da en-gb en-us es fi fr fr-be fr-ca fr-ch hu is it ja lt mk nl no pl pt pt-br sv sl tr".split(" "),
  ),
  kvm: bool,
  localtime: bool,
  lock: oneOf(
    "backup",
    "clone",
    "create",
    "migrate",
    "rollback",
    "snapshot",
    "snapshot-delete",
    "suspending",
    "suspended",
  ),
  migrate_downtime: num(0),
  migrate_speed: int(0),
  name: format("dns-name"),
  numa: bool,
  onboot: bool,
  ostype: oneOf(
    "other",
    "wxp",
    "w2k",
    "w2k3",
    "w2k8",
    "wvista",
    "win7",
    "win8",
    "win10",
    "win11",
    "l24",
    "l26",
    "solaris",
  ),
  protection: bool,
  reboot: bool,
  shares: int(0, 50000),
  smbios1: property(undefined, {
    base64: bool,
    family: base64,
    manufacturer: base64,
    product: base64,
    serial: base64,
    sku: base64,
    uuid: matching(uuid),
    version: base64,
  }),
  smp: int(1),
  sockets: int(1),
  spice_enhancements: property(undefined, { foldersharing: bool, videostreaming: oneOf("off", "all", "filter") }),
  startdate: matching(/now|\d{4}-\d{1,2}-\d{1,2}(T\d{1,2}:\d{1,2}:\d{1,2})?/),
  startup: format("pve-startup-order"),
  tablet: bool,
  tags: format("pve-tag", { list: true }),
  tdf: bool,
  template: bool,
  vcpus: int(1),
  vmgenid: matching(new RegExp(`${uuid.source}|[01]`)),
  vmstatestorage: format("pve-storage-id"),
};

/** What the file of a VM may hold and `qm set` takes. */
export const qmConfig: Options = { ...general, ...hardware, ...cloudInit };

export const qmCreateOnly: Options = {
  archive: text({ maxLength: 255 }),
  bwlimit: int(0),
  "ha-managed": bool,
  "import-working-storage": format("pve-storage-id"),
  "live-restore": bool,
  pool: format("pve-poolid"),
  start: bool,
  storage: format("pve-storage-id"),
  unique: { type: "boolean", requires: "archive" },
};

export const qmSetOnly: Options = {
  delete: format("pve-configid", { list: true }),
  digest: text({ maxLength: 40 }),
  revert: format("pve-configid", { list: true }),
  skiplock: bool,
};

/** Options whose change a cloud-init image has to learn. */
export const cloudInitOptions: readonly string[] = Object.keys(cloudInit)
  .filter((name) => !name.includes("["))
  .concat("name");

/** The form of a drive option; undefined for other options. */
export function driveFormat(option: string): PropertyFormat | undefined {
  const family = /^(ide|sata|scsi|virtio)\d+$/.exec(option)?.[1];
  if (family !== undefined) return qmConfig[`${family}[n]`]?.keys;
  return option === "efidisk0" || option === "tpmstate0" ? qmConfig[option]?.keys : undefined;
}
