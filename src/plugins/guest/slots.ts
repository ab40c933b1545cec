import {
  defineRule,
  devices,
  diagnose,
  disks,
  guestRef,
  guests,
  mounts,
  nets,
  pciDevices,
  pctConfig,
  qmConfig,
  specOf,
  usbDevices,
} from "../../plugin-api/index.js";
import type { Model, Options, Resource, Section } from "../../plugin-api/index.js";
import { slotsRunOut } from "./findings.js";

/** Proxmox numbers devices, and each family ends somewhere: `net31` is the last interface. */
export const slots = defineRule({
  name: "guest/slots-run-out",
  check: (model, report) => {
    for (const guest of guests(model)) {
      const { kind, id, name } = guestRef(guest);
      const pve = kind === "vm" ? qmConfig : pctConfig;
      const over = slotsOf(guest, model).filter(({ slot }) => specOf(pve, slot) === undefined);
      const families = new Map(over.map((place) => [familyOf(place.slot), place] as const).toReversed());
      for (const [family, { section }] of families) {
        const last = `${family}${highest(pve, family)}`;
        report(diagnose(slotsRunOut, (section ?? guest).headSpan, { guest: `${kind} ${id} ${name}`, family, last }));
      }
    }
  },
});

function slotsOf(
  guest: Resource,
  model: Model,
): readonly { readonly slot: string; readonly section: Section | undefined }[] {
  return [
    ...nets(guest, model).map(({ index, section }) => ({ slot: `net${index}`, section })),
    ...disks(guest),
    ...mounts(guest),
    ...pciDevices(guest),
    ...usbDevices(guest),
    ...(devices(guest) ?? []).map(({ section }, index) => ({ slot: `dev${index}`, section })),
  ];
}

function familyOf(slot: string): string {
  return slot.replace(/\d+$/, "");
}

function highest(pve: Options, family: string): number {
  return pve[`${family}[n]`]?.highest ?? 0;
}
