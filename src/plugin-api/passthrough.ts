import type { Resource, Section } from "../model/resource.js";
import { argOf, listOf, sectionsOf, stringOf, textOf, valueOf } from "./values.js";

/** A PCI device that a virtual machine gets; the n-th block is `hostpciN`, unless it has another number since the last plan. */
export interface GuestPci {
  readonly section: Section;
  readonly name: string;
  readonly slot: string;
  /** In lower case, as the host's kernel writes them; without a function: all functions of the device. */
  readonly addresses: readonly string[];
  /** The cluster's resource mapping that it is taken from. */
  readonly mapping: string | undefined;
  /** The type of mediated device that is made of it. */
  readonly mdev: string | undefined;
}

/** A USB device that a virtual machine gets: `usbN`. */
export interface GuestUsb {
  readonly section: Section;
  readonly name: string;
  readonly slot: string;
  /** `VENDOR:PRODUCT`, or the port that it is plugged into as `BUS-PORT`. */
  readonly host: string | undefined;
  readonly mapping: string | undefined;
}

/** The PCI devices of a virtual machine, in order. */
export function pciDevices(resource: Resource): readonly GuestPci[] {
  return slotted(resource, sectionsOf(resource, "pci"), "hostpci").map(({ section, slot }) => ({
    section,
    name: argOf(section, "name") ?? "",
    slot,
    addresses: addressesOf(section),
    mapping: stringOf(section, "mapping"),
    mdev: stringOf(section, "mdev"),
  }));
}

function addressesOf(section: Section): readonly string[] {
  const value = valueOf(section, "address");
  const values = value?.type === "list" ? listOf(section, "address") : value === undefined ? [] : [value];
  return values.flatMap((each) => textOf(each)?.toLowerCase() ?? []);
}

/** The USB devices of a virtual machine, in order. */
export function usbDevices(resource: Resource): readonly GuestUsb[] {
  return slotted(resource, sectionsOf(resource, "usb"), "usb").map(({ section, slot }) => ({
    section,
    name: argOf(section, "name") ?? "",
    slot,
    host: (stringOf(section, "device") ?? stringOf(section, "port"))?.toLowerCase(),
    mapping: stringOf(section, "mapping"),
  }));
}

/** Blocks with their places in a family: those of the last plan, the lowest free ones for the others. */
export function slotted(
  resource: Resource,
  sections: readonly Section[],
  family: string,
): readonly { readonly section: Section; readonly slot: string }[] {
  const taken = new Set(sections.map(({ slot }) => slot));
  for (const further of sectionsOf(resource, "options")) {
    for (const name of [...further.settings.keys(), ...further.sections.map(({ kind }) => kind)]) taken.add(name);
  }
  let next = 0;
  return sections.map((section) => {
    while (taken.has(`${family}${next}`) && section.slot === undefined) next++;
    return { section, slot: section.slot ?? `${family}${next++}` };
  });
}
