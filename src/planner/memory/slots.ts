import type { DeclaredGuest, Memory } from "../../model/memory.js";
import type { Model, Resource, Section } from "../../model/resource.js";
import { argOf, disks, gibText, isGuest, netName, sectionsOf, sizeOf, stringOf } from "../../plugin-api/index.js";
import { addressOf } from "./retired.js";

/**
 * The model with its disks and interfaces in the slots that they have had since the last plan: one that is taken out of the
 * files, or written before the others, moves no other one to another slot.
 */
export function withSlots(model: Model, previous: Memory): Model {
  const known = slotsBefore(previous);
  const last = new Map(previous.declared.guests.map((guest) => [addressOf(guest), guest]));
  const resources = [...model.resources].map(([address, resource]) => {
    const slots = known.get(address);
    return [
      address,
      slots === undefined || !isGuest(resource)
        ? resource
        : placed(resource, withRenamed(resource, slots, last.get(address))),
    ] as const;
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

/**
 * With the slots of disks that have another name now: one that left the files and one that came, of the same size on the same
 * storage, are the same disk, where no other one could be meant.
 */
function withRenamed(resource: Resource, slots: Slots, last: DeclaredGuest | undefined): Slots {
  if (resource.kind !== "vm" || last === undefined) return slots;
  const names = namesOf(resource);
  const declared = new Set(names.values());
  const gone = Object.entries(last.slots).filter(([name]) => name.startsWith("disk ") && !declared.has(name));
  const fresh = sectionsOf(resource, "disk").filter(
    (disk) => !slots.has(names.get(disk) ?? "") && stringOf(disk, "slot") === undefined,
  );
  const pairs = fresh.flatMap((disk) => {
    const volume = volumeOf(resource, disk);
    return gone.flatMap(([name, slot]) => (last.options[slot]?.split(",")[0] === volume ? [{ disk, name, slot }] : []));
  });
  const certain = pairs.filter(
    ({ disk, name }) => pairs.filter((other) => other.disk === disk || other.name === name).length === 1,
  );
  const left = new Map([...slots].filter(([name]) => certain.every((pair) => pair.name !== name)));
  for (const { disk, slot } of certain) left.set(names.get(disk) ?? "", slot);
  return left;
}

/** What allocates a disk: `local-lvm:8`. */
function volumeOf(resource: Resource, disk: Section): string | undefined {
  const size = sizeOf(disk, "size");
  const storage = stringOf(disk, "storage") ?? disks(resource).find(({ root }) => root)?.storage;
  return size === undefined || storage === undefined ? undefined : `${storage}:${gibText(size)}`;
}

function placed(resource: Resource, slots: Slots): Resource {
  const names = namesOf(resource);
  const explicit = new Set(resource.sections.map((section) => stringOf(section, "slot")));
  const taken = new Set<string>();
  const sections = resource.sections.map((section) => {
    const slot = slots.get(names.get(section) ?? "");
    if (slot === undefined || slot === "fstab" || explicit.has(slot) || taken.has(slot)) return section;
    taken.add(slot);
    return { ...section, slot };
  });
  const declared = new Set(names.values());
  const reserved = [...slots].filter(([name]) => name.startsWith("disk ") && !declared.has(name));
  return { ...resource, sections, reserved: reserved.map(([, slot]) => slot) };
}

/** Disks, interfaces and passed devices by the names under which their slots are written down. */
function namesOf(resource: Resource): ReadonlyMap<Section, string> {
  const drives = sectionsOf(resource, "disk").map((disk) => [disk, `disk ${argOf(disk, "name") ?? ""}`] as const);
  const nets = sectionsOf(resource, "net").map((section) => ({
    section,
    networkName: argOf(section, "network") ?? "",
  }));
  const cards = nets.map(({ section, networkName }, i) => [section, netName(networkName, nets.slice(0, i))] as const);
  const passed = ["pci", "usb", "volume"].flatMap((kind) =>
    sectionsOf(resource, kind).map((section) => [section, `${kind} ${argOf(section, "name") ?? ""}`] as const),
  );
  return new Map([...(resource.kind === "vm" ? drives : []), ...cards, ...passed]);
}
