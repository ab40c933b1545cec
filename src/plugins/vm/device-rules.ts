import {
  boolOf,
  defineRule,
  diagnose,
  guestRef,
  pciDevices,
  resourcesOf,
  sectionOf,
  settingOf,
  stringOf,
  usbDevices,
} from "../../plugin-api/index.js";
import type { Diagnostic, GuestPci, Resource, Section } from "../../plugin-api/index.js";
import { deviceUnclear, pciExpressWithoutQ35, pciTwice } from "./findings-devices.js";

/** Devices are named once each, no machine gets one twice, and PCI Express is where there is any. */
export const passedDevices = defineRule({
  name: "vm/passed-devices",
  check: (model, report) => {
    for (const resource of resourcesOf(model, "vm"))
      for (const finding of deviceFindings(resource, pciDevices(resource))) report(finding);
  },
});

function deviceFindings(resource: Resource, pci: readonly GuestPci[]): readonly Diagnostic[] {
  const { id, name } = guestRef(resource);
  const guest = `vm ${id} ${name}`;
  const unclear = [...pci.map(({ section }) => section), ...usbDevices(resource).map(({ section }) => section)].flatMap(
    (section) => {
      const ways = section.kind === "pci" ? ["address", "mapping"] : ["device", "port", "mapping"];
      const said = ways.filter((way) => settingOf(section, way) !== undefined);
      return said.length === 1 ? [] : [diagnose(deviceUnclear, section.headSpan, { kind: section.kind, ways, said })];
    },
  );
  const seen = new Set<string>();
  const twice = pci.flatMap(({ section, addresses, mdev }) =>
    addresses.flatMap((address) => {
      const isAgain = mdev === undefined && seen.has(address);
      seen.add(address);
      return isAgain ? [diagnose(pciTwice, section.headSpan, { address, guest })] : [];
    }),
  );
  return [...unclear, ...twice, ...expressFindings(resource, pci, guest)];
}

/** A clone has the machine type of its source, which nobody may have declared. */
function expressFindings(resource: Resource, pci: readonly GuestPci[], guest: string): readonly Diagnostic[] {
  const further = sectionOf(resource, "options");
  const machine = further === undefined ? undefined : (stringOf(further, "machine") ?? blockType(further));
  const isKnown = machine !== undefined || settingOf(resource, "clone") === undefined;
  if (!isKnown || /q35/.test(machine ?? "")) return [];
  return pci.flatMap(({ section }) =>
    boolOf(section, "pcie") === true
      ? [diagnose(pciExpressWithoutQ35, settingOf(section, "pcie")?.span ?? section.headSpan, { guest })]
      : [],
  );
}

/** `machine { type = q35 }` */
function blockType(further: Section): string | undefined {
  const block = further.sections.find(({ kind }) => kind === "machine");
  return block === undefined ? undefined : stringOf(block, "type");
}
