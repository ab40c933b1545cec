import {
  keyProperties,
  pciDevices,
  propertyOption,
  qmConfig,
  textOf,
  usbDevices,
  written,
} from "../../plugin-api/index.js";
import type {
  GuestPci,
  GuestUsb,
  Lowered,
  OptionSpec,
  Requirement,
  Resource,
  SectionSpec,
  Value,
  WantedOptions,
} from "../../plugin-api/index.js";
import { pciHabits, usbHabits } from "../guest/habits.js";
import * as t from "../guest/types.js";

type Passed = Pick<GuestPci | GuestUsb, "section" | "slot" | "mapping">;

/** As the kernel and Proxmox write addresses. */
function lowerCase(value: Value): string {
  return (textOf(value) ?? "").toLowerCase();
}

/** A key of `hostpciN`; the lowering collects them. */
function pciKey(key: string, doc: string, own: Partial<OptionSpec> = {}): OptionSpec {
  return written(qmConfig, `hostpci[n].${key}`, { removable: true, doc, ...own });
}

const mapping: Partial<OptionSpec> = { type: t.configId, removable: false };

/** `pci gpu { address = 0000:01:00.0, pcie = true }` */
export const pciSection: SectionSpec = {
  doc: "A PCI device of the host that the machine gets. With any of these, the machine has these and no others.",
  args: [{ name: "name", type: t.label, doc: "The name of the device." }],
  options: {
    address: pciKey(
      "host",
      "The address of the device, or a list of several; without a function all of its functions.",
      {
        type: t.union({ type: "pci" }, t.listOfType({ type: "pci" }, true)),
        removable: false,
      },
    ),
    mapping: pciKey("mapping", "The cluster's resource mapping that it is taken from, instead of an address.", mapping),
    pcie: pciKey("pcie", "Attach it to a PCI Express port, which a machine of type q35 has."),
    rombar: pciKey("rombar", "Show its ROM to the machine. Default: true."),
    romfile: pciKey("romfile", "The file of its ROM, below `/usr/share/kvm`."),
    primary: pciKey("x-vga", "It is the graphics card that the machine shows itself on."),
    legacy_igd: pciKey("legacy-igd", "Pass an Intel graphics chip in its legacy mode, as the only one."),
    mdev: pciKey("mdev", "The type of mediated device (vGPU) that is made of it for the machine, as `nvidia-63`."),
  },
  sections: {},
  instead: pciHabits,
};

function usbKey(key: string, doc: string, own: Partial<OptionSpec> = {}): OptionSpec {
  return written(qmConfig, `usb[n].${key}`, { removable: true, doc, ...own });
}

/** `usb stick { device = "046d:c52b" }` */
export const usbSection: SectionSpec = {
  doc: "A USB device of the host that the machine gets. With any of these, the machine has these and no others.",
  args: [{ name: "name", type: t.label, doc: "The name of the device." }],
  options: {
    device: usbKey("host", "The device by its vendor and product, as `046d:c52b`; or `spice`, for one of the viewer.", {
      type: {
        type: "string",
        pattern: "[0-9A-Fa-f]{4}:[0-9A-Fa-f]{4}|spice",
        describe: "a vendor and a product in hexadecimal digits, as 046d:c52b",
      },
      removable: false,
      render: lowerCase,
    }),
    port: usbKey("host", "The port of the host that it is plugged into, as `1-2.4`.", {
      type: { type: "string", pattern: "[0-9]+-[0-9]+([.][0-9]+)*", describe: "a bus and a port, as 1-2.4" },
      removable: false,
    }),
    mapping: usbKey("mapping", "The cluster's resource mapping that it is taken from.", mapping),
    usb3: usbKey("usb3", "Attach it to a USB 3 controller."),
  },
  sections: {},
  instead: usbHabits,
};

/** The options of the passed devices. A device is named by address or by mapping: the other key goes. */
export function deviceOptions(resource: Resource): readonly WantedOptions[] {
  const option = (family: string, spec: SectionSpec, device: Passed): WantedOptions =>
    propertyOption(device.slot, [
      ...keyProperties(device.section, spec.options, qmConfig, `${family}[n]`),
      { key: device.mapping === undefined ? "mapping" : "host", value: undefined, absent: true },
    ]);
  return [
    ...pciDevices(resource).map((device) => option("hostpci", pciSection, device)),
    ...usbDevices(resource).map((device) => option("usb", usbSection, device)),
  ];
}

/** The families of devices that are exactly what the files say. */
export function exactFamilies(resource: Resource): readonly string[] {
  return [...(pciDevices(resource).length > 0 ? ["hostpci"] : []), ...(usbDevices(resource).length > 0 ? ["usb"] : [])];
}

/** What the host must have for them: the devices, an IOMMU that can pass them alone, the mappings. */
export function deviceNeeds(resource: Resource): Lowered {
  const pci = pciDevices(resource);
  const usb = usbDevices(resource);
  const blocks = [resource.address];
  const whole = pci.filter(({ mdev }) => mdev === undefined);
  const addresses = whole.flatMap((device) => device.addresses);
  const [first] = whole.filter((device) => device.addresses.length > 0);
  const requirements: readonly Requirement[] = [
    ...(first === undefined ? [] : [{ kind: "pci", addresses, blocks, source: first.section.headSpan } as const]),
    ...pci.flatMap(({ addresses: parents, mdev, section }): readonly Requirement[] =>
      mdev === undefined || parents.length === 0
        ? []
        : [{ kind: "pci", addresses: parents, mdev, blocks, source: section.headSpan }],
    ),
    ...usb.flatMap(({ host, section }): readonly Requirement[] =>
      host === undefined || host === "spice" ? [] : [{ kind: "usb", device: host, blocks, source: section.headSpan }],
    ),
    ...mappings(pci, "pci", resource),
    ...mappings(usb, "usb", resource),
  ];
  return { steps: [], requirements };
}

function mappings(devices: readonly Passed[], type: "pci" | "usb", { address }: Resource): readonly Requirement[] {
  return devices.flatMap(({ mapping: id, section }): readonly Requirement[] =>
    id === undefined ? [] : [{ kind: "mapping", type, id, blocks: [address], source: section.headSpan }],
  );
}
