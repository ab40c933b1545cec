import { attribute, attributes, familyNames, propertyBlock, qmConfig, renderValue } from "../../plugin-api/index.js";
import type { OptionSpec, SectionSpec } from "../../plugin-api/index.js";
import * as t from "../guest/types.js";

/**
 * What a virtual machine has no attribute for, under Proxmox's names. A property string is a block with its keys, or the text
 * that Proxmox itself writes: `vga = "std,memory=64"`. Adding an option is adding its name here, and its entry in the table.
 */

/** Property strings, each a block; a new one appears under its number where it has one. */
const blocks = [
  ...["amd-sev", "audio0", "boot", "cicustom", "cpu", "intel-tdx", "ivshmem", "machine"],
  ...["rng0", "smbios1", "spice_enhancements", "vga", "watchdog"],
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((n) => `numa${n}`),
];
const families = ["hostpci[n]", "usb[n]", "virtiofs[n]"];

/** What can be plugged into a running machine. */
const plugged = "(network|disk|cpu|memory|usb|cloudinit)";

/** Plain options; those of a family by number. */
export const furtherAttributes: Readonly<Record<string, OptionSpec>> = {
  ...attributes(qmConfig, "acpi", "affinity", "allow-ksm", "arch", "args", "autostart"),
  balloon: attribute(qmConfig, "balloon", {
    type: t.union(attribute(qmConfig, "balloon").type, { type: "int", min: 0, max: 0 }),
  }),
  ...attributes(qmConfig, "ciupgrade", "cpulimit", "cpuunits", "freeze", "hookscript"),
  hotplug: attribute(qmConfig, "hotplug", {
    type: {
      type: "string",
      pattern: `[01]|${plugged}(,${plugged})*`,
      describe: "kinds of devices such as disk,network",
    },
  }),
  ...attributes(qmConfig, "hugepages", "keephugepages", "keyboard", "kvm", "localtime"),
  ...attributes(qmConfig, "migrate_downtime", "migrate_speed", "numa", ...familyNames(qmConfig, "parallel[n]")),
  ...attributes(qmConfig, "reboot", ...familyNames(qmConfig, "serial[n]").slice(1), "shares", "sockets", "startdate"),
  ...attributes(qmConfig, "tablet", "tdf", "vcpus", "vmgenid"),
  vmstatestorage: attribute(qmConfig, "vmstatestorage", { type: t.storageRef }),
  ...attributes(qmConfig, "efidisk0", "tpmstate0", ...blocks.filter((name) => name !== "cpu")),
  ...attributes(qmConfig, ...families.flatMap((family) => familyNames(qmConfig, family))),
};

/** The state of the firmware or the TPM: a volume that Proxmox allocates once, on a storage. */
function stateBlock(option: string): SectionSpec {
  const storage: OptionSpec = {
    type: t.storageRef,
    doc: "The storage that the volume is allocated on, once.",
    required: true,
    writes: `${option}.file`,
    render: (value) => `${renderValue(value)}:1`,
  };
  return propertyBlock(qmConfig, option, ["file", "format", "import-from", "size"], { storage });
}

/** Property strings with their keys. */
export const furtherBlocks: Readonly<Record<string, SectionSpec>> = {
  // Whether there is an agent is the attribute `agent` of the machine.
  agent: propertyBlock(qmConfig, "agent", ["enabled"]),
  efidisk0: stateBlock("efidisk0"),
  tpmstate0: stateBlock("tpmstate0"),
  ...Object.fromEntries(blocks.map((name) => [name, propertyBlock(qmConfig, name)])),
  ...Object.fromEntries(
    families.flatMap((family) => {
      const block = propertyBlock(qmConfig, family);
      return familyNames(qmConfig, family).map((name) => [name, block]);
    }),
  ),
};
