import { atOnce, CORES, guestOptions, MEMORY, MIB, pending, setCall } from "./common.js";
import * as o from "./spec.js";
import {
  anyDrive,
  cdDrive,
  diskSize,
  drive,
  model,
  net,
  numberRanges,
  scsi,
  volumeOrPath,
  wwn,
  iothread,
  ro,
  ssd,
} from "./qm-devices.js";

const base64 = o.matching(/[A-Za-z0-9+/]+={0,2}/);
const hexId = o.matching(/0x[0-9a-fA-F]{4}/);
const uuid = /[a-fA-F0-9]{8}(?:-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}/;
const pci = /(?:[a-f0-9]{4,}:)?[a-f0-9]{2}:[a-f0-9]{2}(?:\.[a-f0-9])?/;
const cpu = o.property("cputype", {
  cputype: o.format("cputype"),
  flags: o.matching(/[+-][a-zA-Z0-9\-_.]+(?:;[+-][a-zA-Z0-9\-_.]+)*/),
  "guest-phys-bits": o.int(32, 64),
  hidden: o.bool,
  "hv-vendor-id": o.matching(/[a-zA-Z0-9]{1,12}/),
  level: o.int(0, 4294967295),
  "phys-bits": o.matching(/host|[89]|[1-5]\d|6[0-4]/),
  "reported-model": o.format("cputype"),
});

const machine = o.property("type", {
  "aw-bits": o.num(32, 64),
  "enable-s3": o.bool,
  "enable-s4": o.bool,
  type: o.matching(
    /pc|pc(-i440fx)?-\d+(\.\d+)+(\+pve\d+)?(\.pxe)?|q35|pc-q35-\d+(\.\d+)+(\+pve\d+)?(\.pxe)?|virt(?:-\d+(\.\d+)+)?(\+pve\d+)?/,
    { maxLength: 40 },
  ),
  viommu: o.oneOf("intel", "virtio"),
});

const numa = o.property(
  undefined,
  {
    cpus: o.matching(numberRanges),
    hostnodes: o.matching(numberRanges),
    memory: o.num(),
    policy: o.oneOf("preferred", "bind", "interleave"),
  },
  ["cpus"],
);

const hardware: o.Options = {
  "amd-sev": o.property(
    "type",
    {
      "allow-smt": o.bool,
      "kernel-hashes": o.bool,
      "no-debug": o.bool,
      "no-key-sharing": o.bool,
      type: { ...o.oneOf("std", "es", "snp"), maxLength: 3 },
    },
    ["type"],
  ),
  arch: o.oneOf("x86_64", "aarch64"),
  audio0: o.property(
    undefined,
    { device: o.oneOf("ich9-intel-hda", "intel-hda", "AC97"), driver: o.oneOf("spice", "none") },
    ["device"],
  ),
  bios: o.told(o.oneOf("seabios", "ovmf"), "The firmware.", pending),
  boot: o.property("legacy", { legacy: o.matching(/[acdn]{1,4}/), order: o.format("pve-bootdev", { list: true }) }),
  bootdisk: o.matching(/(ide|sata|scsi|virtio)\d+/),
  cdrom: cdDrive({ model, ssd, wwn }),
  cores: o.told(o.int(1), CORES, pending),
  cpu: o.told(cpu, "The CPU model, with flags where needed.", { describe: "a CPU model, such as `host`", ...pending }),
  efidisk0: {
    ...o.property(
      "file",
      {
        efitype: o.oneOf("2m", "4m"),
        file: volumeOrPath,
        format: anyDrive["format"] ?? o.text(),
        "import-from": volumeOrPath,
        "ms-cert": o.oneOf("2011", "2023", "2023w", "2023k"),
        "pre-enrolled-keys": o.bool,
        size: diskSize,
      },
      ["file"],
      { aliases: { volume: "file" } },
    ),
    ...atOnce,
  },
  "hostpci[n]": o.upTo(
    15,
    o.property("host", {
      "device-id": hexId,
      driver: o.oneOf("vfio", "keep"),
      host: o.matching(new RegExp(`${pci.source}(?:;${pci.source})*`)),
      "legacy-igd": o.bool,
      mapping: o.format("pve-configid"),
      mdev: o.matching(/[^/.:]+/),
      pcie: o.bool,
      rombar: o.bool,
      romfile: o.matching(/[^,;]+/),
      "sub-device-id": hexId,
      "sub-vendor-id": hexId,
      "vendor-id": hexId,
      "x-vga": o.bool,
    }),
  ),
  "ide[n]": o.upTo(3, drive({ model, ssd, wwn })),
  "intel-tdx": o.property(
    "type",
    { attestation: o.bool, type: o.oneOf("tdx"), "vsock-cid": o.int(2), "vsock-port": o.int(0) },
    ["attestation", "type"],
  ),
  ivshmem: o.property(undefined, { name: o.matching(/[a-zA-Z0-9-]+/), size: o.int(1) }, ["size"]),
  machine: o.told(machine, "The machine type.", { describe: "a machine type such as q35", ...pending }),
  memory: o.told(o.property("current", { current: { ...o.int(16), unit: MIB } }, ["current"]), MEMORY, pending),
  "net[n]": o.upTo(31, net),
  ...Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7].map((n) => [`numa${n}`, numa])),
  "parallel[n]": o.upTo(2, o.matching(/\/dev\/parport\d+|\/dev\/usb\/lp\d+/)),
  rng0: o.property(
    "source",
    { max_bytes: o.int(), period: o.int(), source: o.oneOf("/dev/urandom", "/dev/random", "/dev/hwrng") },
    ["source"],
  ),
  "sata[n]": o.upTo(5, drive({ ssd, wwn })),
  "scsi[n]": o.upTo(30, scsi),
  scsihw: o.told(
    o.oneOf("lsi", "lsi53c810", "virtio-scsi-pci", "virtio-scsi-single", "megasas", "pvscsi"),
    "The model of the SCSI controller.",
    pending,
  ),
  "serial[n]": o.told(
    o.upTo(3, o.matching(/\/dev\/[^,]+|socket/, { describe: "`socket` or a path below `/dev`" })),
    "The first serial port: `socket` or a device of the host.",
    pending,
  ),
  tpmstate0: {
    ...o.property(
      "file",
      {
        file: volumeOrPath,
        format: o.oneOf("raw", "qcow2", "vmdk"),
        "import-from": volumeOrPath,
        size: diskSize,
        version: o.oneOf("v1.2", "v2.0"),
      },
      ["file"],
      { aliases: { volume: "file" } },
    ),
    ...atOnce,
  },
  "unused[n]": o.upTo(255, {
    ...o.property("file", { file: o.format("pve-volume-id") }, ["file"], { aliases: { volume: "file" } }),
    ...atOnce,
  }),
  "usb[n]": o.upTo(13, {
    ...o.property("host", {
      host: o.matching(/(?:0x)?[0-9A-Fa-f]{4}:(?:0x)?[0-9A-Fa-f]{4}|\d+-\d+(?:\.\d+)*|[Ss][Pp][Ii][Cc][Ee]/),
      mapping: o.format("pve-configid"),
      usb3: o.bool,
    }),
    ...atOnce,
  }),
  vga: o.told(
    o.property("type", {
      clipboard: o.oneOf("vnc"),
      memory: o.int(4, 512),
      type: o.oneOf(
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
    "The display.",
    { describe: "a display such as serial0", ...pending },
  ),
  "virtio[n]": o.upTo(15, drive({ iothread, ro })),
  "virtiofs[n]": o.upTo(
    9,
    o.property(
      "dirid",
      {
        cache: o.oneOf("auto", "always", "metadata", "never"),
        dirid: o.format("pve-configid"),
        "direct-io": o.bool,
        "expose-acl": o.bool,
        "expose-xattr": o.bool,
      },
      ["dirid"],
    ),
  ),
  watchdog: o.property("model", {
    action: o.oneOf("reset", "shutdown", "poweroff", "pause", "debug", "none"),
    model: o.oneOf("i6300esb", "ib700"),
  }),
};

const cloudInit: o.Options = o.having("at-once", {
  cicustom: o.property(
    undefined,
    Object.fromEntries(["meta", "network", "user", "vendor"].map((key) => [key, o.format("pve-volume-id")])),
  ),
  cipassword: o.text({ prompts: true }),
  citype: o.oneOf("configdrive2", "nocloud", "opennebula"),
  ciupgrade: o.told(o.bool, "Whether cloud-init upgrades packages at the first boot."),
  ciuser: o.told(o.text(), "The user that is made."),
  "ipconfig[n]": o.upTo(
    31,
    o.property(undefined, {
      gw: o.format("ipv4", { requires: "ip" }),
      gw6: o.format("ipv6", { requires: "ip6" }),
      ip: o.format("pve-ipv4-config"),
      ip6: o.format("pve-ipv6-config"),
    }),
  ),
  nameserver: o.format("address-list"),
  searchdomain: o.text(),
  sshkeys: o.told(o.format("urlencoded"), "The public keys that may log in."),
});

const general: o.Options = {
  ...guestOptions,
  acpi: o.told(o.bool, "Whether ACPI is on.", pending),
  affinity: o.told(o.format("pve-cpuset"), "The host cores that it may run on.", pending),
  agent: o.property(
    "enabled",
    {
      enabled: o.told(o.bool, "Whether the guest runs the QEMU guest agent."),
      "freeze-fs": o.bool,
      fstrim_cloned_disks: o.bool,
      type: o.oneOf("virtio", "isa"),
    },
    ["enabled"],
    { aliases: { "freeze-fs-on-backup": "freeze-fs", "guest-fsfreeze": "freeze-fs" } },
  ),
  "allow-ksm": o.bool,
  args: o.told(o.text(), "Further arguments for kvm.", pending),
  autostart: o.bool,
  balloon: o.told(o.int(0), "The memory that ballooning leaves at least, in whole MiB; 0 turns it off.", {
    unit: MIB,
    ...pending,
  }),
  cpulimit: o.told(o.num(0, 128), "The CPU time limit, in cores; 0 is none.", atOnce),
  cpuunits: o.told(o.int(1, 262144), "The CPU weight.", atOnce),
  force: o.bool,
  freeze: o.bool,
  hotplug: o.told(o.format("pve-hotplug", { list: true }), "What may be plugged while it runs.", pending),
  hugepages: o.oneOf("any", "2", "1024"),
  keephugepages: o.bool,
  keyboard: o.told(
    o.oneOf(
      ..."de de-ch da en-gb en-us es fi fr fr-be fr-ca fr-ch hu is it ja lt mk nl no pl pt pt-br sv sl tr".split(" "),
    ),
    "The keyboard layout of the VNC console.",
    pending,
  ),
  kvm: o.told(o.bool, "Whether hardware virtualisation is used.", pending),
  localtime: o.told(o.bool, "Whether the clock shows local time.", pending),
  lock: {
    ...o.oneOf(
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
    ...atOnce,
  },
  migrate_downtime: { ...o.num(0), ...atOnce },
  migrate_speed: { ...o.int(0), ...atOnce },
  name: o.told(o.format("dns-name"), "The name; with cloud-init also the host name.", atOnce),
  numa: o.told(o.bool, "Whether NUMA is on.", pending),
  ostype: o.told(
    o.oneOf("other", "wxp", "w2k", "w2k3", "w2k8", "wvista", "win7", "win8", "win10", "win11", "l24", "l26", "solaris"),
    "The operating system, which decides some defaults.",
    pending,
  ),
  reboot: o.bool,
  shares: { ...o.int(0, 50000), ...atOnce },
  smbios1: {
    ...o.property(undefined, {
      base64: o.bool,
      family: base64,
      manufacturer: base64,
      product: base64,
      serial: base64,
      sku: base64,
      uuid: o.matching(uuid),
      version: base64,
    }),
    maxLength: 512,
  },
  smp: o.int(1),
  sockets: o.told(o.int(1), "The number of CPU sockets.", pending),
  spice_enhancements: o.property(undefined, { foldersharing: o.bool, videostreaming: o.oneOf("off", "all", "filter") }),
  startdate: o.matching(/now|\d{4}-\d{1,2}-\d{1,2}(T\d{1,2}:\d{1,2}:\d{1,2})?/),
  tablet: o.told(o.bool, "Whether there is a tablet for the pointer.", pending),
  tdf: o.bool,
  vcpus: o.told(o.int(1), "The number of CPUs plugged at start.", pending),
  vmgenid: o.matching(new RegExp(`${uuid.source}|[01]`)),
  vmstatestorage: o.format("pve-storage-id", atOnce),
};

/** What the file of a VM may hold and `qm set` takes. */
export const qmConfig: o.Options = { ...general, ...hardware, ...cloudInit };

/** What only the creation takes. */
export const qmCreateOnly: o.Options = o.having("create-only", {
  archive: o.text({ maxLength: 255 }),
  bwlimit: o.int(0),
  "ha-managed": o.bool,
  "import-working-storage": o.format("pve-storage-id"),
  "live-restore": o.bool,
  pool: o.format("pve-poolid"),
  start: o.bool,
  storage: o.format("pve-storage-id"),
  unique: { type: "boolean", requires: "archive" },
});

/** What a call of `qm set` says besides options. */
export const qmSetOnly: o.Options = { ...setCall, skiplock: o.bool };

/** Options whose change a cloud-init image has to learn. */
export const cloudInitOptions: readonly string[] = Object.keys(cloudInit)
  .filter((name) => !name.includes("["))
  .concat("name");

/** The form of a drive option; undefined for other options. */
export function driveFormat(option: string): o.PropertyFormat | undefined {
  const family = /^(ide|sata|scsi|virtio)\d+$/.exec(option)?.[1];
  if (family !== undefined) return qmConfig[`${family}[n]`]?.keys;
  return option === "efidisk0" || option === "tpmstate0" ? qmConfig[option]?.keys : undefined;
}
