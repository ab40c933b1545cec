import { MIB } from "../../plugin-api/index.js";
import type { ArgSpec, OptionSpec, SectionSpec } from "../../plugin-api/index.js";
import { furtherOptions, guestOptions, guestSections, netSection } from "../guest/options.js";
import { cloudInitHabits, diskHabits } from "../guest/habits.js";
import * as t from "../guest/types.js";

/** `vm 9000 ubuntu-template` */
export const vmArgs: readonly ArgSpec[] = [
  { name: "id", type: t.guestId, doc: "The virtual machine's id." },
  { name: "name", type: t.dnsName, doc: "The name; with cloud-init also the host name." },
];

/** The attributes of a virtual machine. */
export const vmOptions: Readonly<Record<string, OptionSpec>> = {
  ...guestOptions,
  cores: {
    type: { type: "int", min: 1, max: 8192 },
    doc: "The number of CPU cores.",
    pve: "cores",
    effect: "pending",
  },
  memory: { type: t.memory, doc: "The memory, in whole MiB.", pve: "memory", effect: "pending" },
  image: {
    type: {
      type: "ref",
      kinds: ["image"],
      // A word is the name of an image that is not there, which a rule of its own reports.
      loose: {
        pattern: "/[^,]*|[A-Za-z0-9_.][^\\s,]*",
        describe: "the name of an image, a volume, or a path without commas",
      },
    },
    doc: "The disk image that its root disk is made from: a declared image, or a path on the host.",
  },
  agent: { type: t.bool, doc: "Whether the guest runs the QEMU guest agent.", removable: true, effect: "pending" },
  scsihw: {
    type: t.oneOfMeant(
      { virtio: "virtio-scsi-pci", "virtio-scsi": "virtio-scsi-pci" },
      "lsi",
      "lsi53c810",
      "virtio-scsi-pci",
      "virtio-scsi-single",
      "megasas",
      "pvscsi",
    ),
    doc: "The model of the SCSI controller.",
    pve: "scsihw",
    effect: "pending",
  },
  serial: {
    type: { type: "string", pattern: "/dev/[^,]+|socket", describe: "`socket` or a path below `/dev`" },
    doc: "The first serial port: `socket` or a device of the host.",
    pve: "serial0",
    effect: "pending",
  },
  bios: {
    type: t.oneOfMeant({ uefi: "ovmf", efi: "ovmf", bios: "seabios", legacy: "seabios" }, "seabios", "ovmf"),
    doc: "The firmware.",
    pve: "bios",
    effect: "pending",
  },
  ostype: {
    type: t.oneOfMeant(
      { linux: "l26", debian: "l26", ubuntu: "l26", windows: "", win: "" },
      ...["other", "wxp", "w2k", "w2k3", "w2k8", "wvista", "win7", "win8", "win10", "win11", "l24", "l26", "solaris"],
    ),
    doc: "The operating system, which decides some defaults.",
    pve: "ostype",
    effect: "pending",
  },
  cpu: {
    type: { type: "string", pattern: "[A-Za-z0-9_.=;,+-]+", describe: "a CPU model, such as `host`" },
    doc: "The CPU model, with flags where needed.",
    pve: "cpu",
    effect: "pending",
  },
};

/** Plain options under their Proxmox names: one entry each. */
const rawOptions: Readonly<Record<string, OptionSpec>> = {
  acpi: { type: t.bool, doc: "Whether ACPI is on.", pve: "acpi", effect: "pending" },
  affinity: {
    type: { type: "string", pattern: "\\d+(-\\d+)?(,\\d+(-\\d+)?)*", describe: "a list of host cores such as 0-3,8" },
    doc: "The host cores that it may run on.",
    pve: "affinity",
    effect: "pending",
  },
  args: { type: t.line, doc: "Further arguments for kvm.", pve: "args", effect: "pending" },
  balloon: {
    type: t.union({ type: "size", min: 0, multipleOf: MIB }, { type: "int", min: 0, max: 0 }),
    doc: "The memory that ballooning leaves at least, in whole MiB; 0 turns it off.",
    pve: "balloon",
    effect: "pending",
  },
  ciupgrade: { type: t.bool, doc: "Whether cloud-init upgrades packages at the first boot.", pve: "ciupgrade" },
  cpulimit: {
    type: { type: "number", min: 0, max: 128 },
    doc: "The CPU time limit, in cores; 0 is none.",
    pve: "cpulimit",
  },
  cpuunits: { type: { type: "int", min: 1, max: 262144 }, doc: "The CPU weight.", pve: "cpuunits" },
  hookscript: { type: t.line, doc: "A volume with a script that runs at start and stop.", pve: "hookscript" },
  hotplug: {
    type: { type: "string", pattern: "[01]|[a-z]+(,[a-z]+)*", describe: "kinds of devices such as disk,network" },
    doc: "What may be plugged while it runs.",
    pve: "hotplug",
    effect: "pending",
  },
  keyboard: {
    type: t.oneOf(
      ...["de", "de-ch", "da", "en-gb", "en-us", "es", "fi", "fr", "fr-be", "fr-ca", "fr-ch", "hu", "is", "it", "ja"],
      ...["lt", "mk", "nl", "no", "pl", "pt", "pt-br", "sv", "sl", "tr"],
    ),
    doc: "The keyboard layout of the VNC console.",
    pve: "keyboard",
    effect: "pending",
  },
  kvm: { type: t.bool, doc: "Whether hardware virtualisation is used.", pve: "kvm", effect: "pending" },
  localtime: { type: t.bool, doc: "Whether the clock shows local time.", pve: "localtime", effect: "pending" },
  machine: {
    type: { type: "string", pattern: "[A-Za-z0-9.+=,-]+", describe: "a machine type such as q35" },
    doc: "The machine type.",
    pve: "machine",
    effect: "pending",
  },
  numa: { type: t.bool, doc: "Whether NUMA is on.", pve: "numa", effect: "pending" },
  sockets: { type: { type: "int", min: 1 }, doc: "The number of CPU sockets.", pve: "sockets", effect: "pending" },
  tablet: { type: t.bool, doc: "Whether there is a tablet for the pointer.", pve: "tablet", effect: "pending" },
  vcpus: {
    type: { type: "int", min: 1 },
    doc: "The number of CPUs plugged at start.",
    pve: "vcpus",
    effect: "pending",
  },
  vga: {
    type: { type: "string", pattern: "[a-z0-9-]+(,[a-z]+=[A-Za-z0-9]+)*", describe: "a display such as serial0" },
    doc: "The display.",
    pve: "vga",
    effect: "pending",
  },
};

const disk: SectionSpec = {
  doc: "A disk; the one named `root`, else the first, is what the machine boots from.",
  args: [{ name: "name", type: t.label, doc: "The name of the disk." }],
  options: {
    size: { type: t.diskSize, doc: "The size; it grows to this, and is never shrunk." },
    storage: { type: t.storageRef, doc: "The storage that it lies on. Default: that of the root disk." },
    slot: {
      type: {
        type: "string",
        pattern: "scsi([0-9]|[12][0-9]|30)|virtio([0-9]|1[0-5])|sata[0-5]|ide[0-3]",
        describe: "a bus with a number: scsi0 to scsi30, virtio0 to virtio15, sata0 to sata5, ide0 to ide3",
      },
      doc: "Where it is attached. Default: `scsi0` for the root disk, then the next free one.",
    },
    cache: {
      type: t.oneOf("none", "writethrough", "writeback", "unsafe", "directsync"),
      doc: "The cache mode.",
      removable: true,
    },
    discard: { type: t.bool, doc: "Pass discards on to the storage.", removable: true },
    ssd: { type: t.bool, doc: "Show the disk as a solid-state one.", removable: true },
    iothread: { type: t.bool, doc: "Give the disk an I/O thread of its own.", removable: true },
    backup: { type: t.bool, doc: "Whether backups include the disk.", removable: true },
    readonly: { type: t.bool, doc: "Whether the disk is read-only.", removable: true },
  },
  sections: {},
  instead: diskHabits,
};

const net = netSection("A network interface; the n-th block is `netN` and `ipconfigN`.", {
  model: {
    type: t.oneOf(
      ...["virtio", "e1000", "e1000-82540em", "e1000-82544gc", "e1000-82545em", "e1000e", "i82551", "i82557b"],
      ...["i82559er", "ne2k_isa", "ne2k_pci", "pcnet", "rtl8139", "vmxnet3"],
    ),
    doc: "The model of the card. Default: `virtio`.",
  },
});

const cloudInit: SectionSpec = {
  doc: "What cloud-init sets up at the first boot.",
  args: [],
  repeat: "once",
  options: {
    user: {
      type: { type: "string", pattern: "[A-Za-z_][A-Za-z0-9_.-]*\\$?", describe: "a user name" },
      doc: "The user that is made.",
      pve: "ciuser",
    },
    ssh_keys: {
      type: t.listOfType({
        type: "string",
        pattern: "[^\\r\\n]+[\\r\\n]*",
        describe: "one public key",
        multiline: true,
      }),
      doc: "The public keys that may log in.",
      pve: "sshkeys",
      render: (value) =>
        value.type === "list"
          ? value.items.map((item) => (item.type === "string" ? item.value.trim() : "")).join("\n")
          : "",
    },
    storage: { type: t.storageRef, doc: "The storage of the cloud-init drive. Default: that of the root disk." },
    upgrade: { type: t.bool, doc: "Upgrade the packages at the first boot.", pve: "ciupgrade" },
  },
  sections: {},
  instead: cloudInitHabits,
};

/** The blocks of a virtual machine. */
export const vmSections: Readonly<Record<string, SectionSpec>> = {
  ...guestSections,
  disk,
  net,
  cloud_init: cloudInit,
  options: furtherOptions(rawOptions),
};
