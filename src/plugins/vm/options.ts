import { attribute, qmConfig, written } from "../../plugin-api/index.js";
import type { ArgSpec, OptionSpec, OptionType, SectionSpec } from "../../plugin-api/index.js";
import { drawable, furtherOptions, guestOptions, guestSections, netSection } from "../guest/options.js";
import { diskHabits } from "../guest/habits.js";
import { drawnId } from "../guest/draws.js";
import * as t from "../guest/types.js";
import { cdromSection } from "./cdrom.js";
import { cloudInitSection } from "./cloud-init/options.js";
import { pciSection, usbSection } from "./devices.js";
import { furtherAttributes, furtherBlocks } from "./further.js";

/** `vm 9000 ubuntu-template` */
export const vmArgs: readonly ArgSpec[] = [
  { name: "id", type: t.guestId, doc: "The virtual machine's id, or `auto`: one of its host's `ids`.", draw: drawnId },
  { name: "name", type: t.dnsName, doc: "The name; with cloud-init also the host name." },
];

/** The attributes of a virtual machine. */
export const vmOptions: Readonly<Record<string, OptionSpec>> = {
  ...guestOptions(qmConfig),
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
  agent: written(qmConfig, "agent.enabled", { removable: true, effect: "pending" }),
  scsihw: attribute(qmConfig, "scsihw", {
    type: meaning("scsihw", { virtio: "virtio-scsi-pci", "virtio-scsi": "virtio-scsi-pci" }),
  }),
  serial: attribute(qmConfig, "serial0"),
  bios: attribute(qmConfig, "bios", {
    type: meaning("bios", { uefi: "ovmf", efi: "ovmf", bios: "seabios", legacy: "seabios" }),
  }),
  ostype: attribute(qmConfig, "ostype", {
    type: meaning("ostype", { linux: "l26", debian: "l26", ubuntu: "l26", windows: "", win: "" }),
  }),
  cpu: attribute(qmConfig, "cpu"),
};

/** An option's words, with words of other tools for them. */
function meaning(option: string, instead: Readonly<Record<string, string>>): OptionType {
  return { type: "enum", values: qmConfig[option]?.words ?? [], instead };
}

/** The buses of disks, each with its highest number. */
const buses = ["scsi", "virtio", "sata", "ide"].map((bus) => [bus, qmConfig[`${bus}[n]`]?.highest ?? 0] as const);

function numbersTo(last: number): readonly number[] {
  return Array.from({ length: last + 1 }, (_, n) => n);
}

/** A key of a disk's property string, as a bus has it; a rule looks whether the disk's own bus has it too. */
function diskKey(bus: string, key: string, own: Partial<OptionSpec> = {}): OptionSpec {
  return written(qmConfig, `${bus}[n].${key}`, { removable: true, ...own });
}

/** Keys that have other names here, or are no setting: what the volume is, and what only its making asks for. */
const OTHERWISE = new Set(["discard", "file", "format", "import-from", "media", "ro", "size"]);

function diskKeys(bus: string): readonly string[] {
  return Object.keys(qmConfig[`${bus}[n]`]?.keys?.keys ?? {}).filter((key) => !OTHERWISE.has(key));
}

const disk: SectionSpec = {
  doc: "A disk; the one named `root`, else the first, is what the machine boots from.",
  args: [{ name: "name", type: t.label, doc: "The name of the disk." }],
  options: {
    size: { type: t.diskSize, doc: "The size; it grows to this, and is never shrunk." },
    storage: { type: t.storageRef, doc: "The storage that it lies on. Default: that of the root disk." },
    slot: {
      type: {
        type: "string",
        pattern: buses.map(([bus, last]) => `${bus}(${numbersTo(last).join("|")})`).join("|"),
        describe: `a bus with a number: ${buses.map(([bus, last]) => `${bus}0 to ${bus}${last}`).join(", ")}`,
      },
      doc: "Where it is attached. Default: `scsi0` for the root disk, then the next free one.",
    },
    discard: diskKey("scsi", "discard", {
      type: t.bool,
      render: (value) => (value.type === "bool" && value.value ? "on" : "ignore"),
    }),
    readonly: diskKey("scsi", "ro"),
    ...Object.fromEntries(diskKeys("scsi").map((key) => [key, diskKey("scsi", key)])),
    model: diskKey("ide", "model"),
  },
  sections: {},
  instead: diskHabits,
};

const net = netSection(qmConfig, "A network interface; the n-th block is `netN` and `ipconfigN`.", {
  mac: drawable(written(qmConfig, "net[n].macaddr")),
  model: written(qmConfig, "net[n].model"),
  queues: written(qmConfig, "net[n].queues", { removable: true }),
  "host-tunnel": written(qmConfig, "net[n].host-tunnel", { removable: true }),
});

/** The blocks of a virtual machine. */
export const vmSections: Readonly<Record<string, SectionSpec>> = {
  ...guestSections(qmConfig),
  disk,
  cdrom: cdromSection,
  net,
  cloud_init: cloudInitSection,
  pci: pciSection,
  usb: usbSection,
  options: furtherOptions(furtherAttributes, furtherBlocks),
};
