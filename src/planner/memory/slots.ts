import type { Memory } from "../../model/memory.js";
import type { Model, Resource, Section } from "../../model/resource.js";
import { argOf, isGuest, netName, sectionsOf, stringOf } from "../../plugin-api/index.js";
import { addressOf } from "./retired.js";

/**
 * The model with its disks and interfaces in the slots that they have had since the last plan: one that is taken out of the
 * files, or written before the others, moves no other one to another slot.
 */
export function withSlots(model: Model, previous: Memory): Model {
  const known = slotsBefore(previous);
  const resources = [...model.resources].map(([address, resource]) => {
    const slots = known.get(address);
    return [address, slots === undefined || !isGuest(resource) ? resource : placed(resource, slots)] as const;
  });
  return { ...model, resources: new Map(resources) };
}

type Slots = ReadonlyMap<string, string>;

function slotsBefore(previous: Memory): ReadonlyMap<string, Slots> {
  const known = new Map<string, Map<string, string>>();
  for (const guest of [...previous.retired, ...previous.declared.guests]) {
    const slots = known.get(addressOf(guest)) ?? new Map<string, string>();
    for (const [name, slot] of Object.entries(guest.slots)) slots.set(name, slot);
    known.set(addressOf(guest), slots);
  }
  return known;
}

function placed(resource: Resource, slots: Slots): Resource {
  const names = namesOf(resource);
  const explicit = new Set(resource.sections.map((section) => stringOf(section, "slot")));
  const taken = new Set<string>();
  const sections = resource.sections.map((section) => {
    const slot = slots.get(names.get(section) ?? "");
    if (slot === undefined || explicit.has(slot) || taken.has(slot)) return section;
    taken.add(slot);
    return { ...section, slot };
  });
  const declared = new Set(names.values());
  const reserved = [...slots].filter(([name]) => name.startsWith("disk ") && !declared.has(name));
  return { ...resource, sections, reserved: reserved.map(([, slot]) => slot) };
}

/** Disks and interfaces by the names under which their slots are written down. */
function namesOf(resource: Resource): ReadonlyMap<Section, string> {
  const drives = sectionsOf(resource, "disk").map((disk) => [disk, `disk ${argOf(disk, "name") ?? ""}`] as const);
  const nets = sectionsOf(resource, "net").map((section) => ({
    section,
    networkName: argOf(section, "network") ?? "",
  }));
  const cards = nets.map(({ section, networkName }, i) => [section, netName(networkName, nets.slice(0, i))] as const);
  return new Map([...(resource.kind === "vm" ? drives : []), ...cards]);
}
