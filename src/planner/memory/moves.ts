import {
  diskDetached,
  diskRenamed,
  guestMovedHost,
  guestOtherKind,
  guestRenamed,
  guestRenumbered,
  optionStays,
  storageRenamed,
  templateRenumbered,
} from "../../diagnostics/catalogue/planner-memory.js";
import { diagnose } from "../../diagnostics/diagnostic.js";
import type { Diagnostic } from "../../diagnostics/diagnostic.js";
import type { DeclaredGuest, HostThing, Memory } from "../../model/memory.js";
import type { PlanGuest, Step } from "../../model/plan.js";
import type { Model, Resource } from "../../model/resource.js";
import { argOf, isRemovable, isTemplate, isVolume, sectionsOf } from "../../plugin-api/index.js";
import type { Span } from "../../text/source.js";
import type { Wanted } from "./declared.js";
import { addressOf } from "./retired.js";

/** A guest that the files declare for another host. */
export interface Stranger {
  readonly kind: string;
  readonly name: string;
  readonly source: Span;
  readonly host: string;
  readonly node: string;
}

/** What moves are judged by. */
export interface MoveContext {
  readonly host: string;
  readonly node: string;
  readonly previous: Memory | undefined;
  readonly guests: readonly PlanGuest[];
  readonly model: Model;
  /** Guests that the files declare for other hosts. */
  readonly elsewhere: readonly Stranger[];
  /** The last plans of other hosts. */
  readonly others: ReadonlyMap<string, Memory>;
}

/** What looks like a new guest and a retired one, and is one guest that moved: a plan never destroys and makes it anew. */
export function moveFindings(context: MoveContext): readonly Diagnostic[] {
  const { previous, guests } = context;
  const before = new Map(previous?.declared.guests.map((guest) => [addressOf(guest), guest]));
  const now = new Map(guests.map((guest) => [addressOf(guest), guest]));
  const gone = knownTo(previous).filter((guest) => !now.has(addressOf(guest)));
  const fresh = guests.filter((guest) => !before.has(addressOf(guest)));
  return [
    ...fresh.flatMap((guest) => renumbered(guest, gone, context.model)),
    ...fresh.flatMap((guest) => otherKind(guest, gone)),
    ...guests.flatMap((guest) => renamed(guest, before.get(addressOf(guest)))),
    ...gone.flatMap((guest) => movedAway(guest, context)),
    ...fresh.flatMap((guest) => movedHere(guest, context)),
  ];
}

/** Guests that the host may have by its plans: those that the last one declares, and those that earlier ones did. */
function knownTo(memory: Memory | undefined): readonly DeclaredGuest[] {
  return memory === undefined ? [] : [...memory.declared.guests, ...memory.retired.filter(({ whole }) => whole)];
}

function renumbered(guest: PlanGuest, gone: readonly DeclaredGuest[], model: Model): readonly Diagnostic[] {
  const was = gone.find(({ kind, name }) => kind === guest.kind && name === guest.name);
  if (was === undefined) return [];
  const resource = model.resources.get(guest.address);
  if (resource !== undefined && isTemplate(resource) && was.inputs !== undefined) {
    return [diagnose(templateRenumbered, guest.source, { template: named(guest), was: label(was) })];
  }
  const clone =
    guest.kind === "vm"
      ? `\`qm clone ${was.id} ${guest.id} --full 1 --name ${guest.name}\``
      : `\`pct clone ${was.id} ${guest.id} --full 1 --hostname ${guest.name}\``;
  const data = { guest: label(guest), name: guest.name, was: label(was), commands: clone };
  return [diagnose(guestRenumbered, guest.source, data)];
}

function otherKind(guest: PlanGuest, gone: readonly DeclaredGuest[]): readonly Diagnostic[] {
  const was = gone.find(({ kind, id }) => kind !== guest.kind && id === guest.id);
  return was === undefined ? [] : [diagnose(guestOtherKind, guest.source, { guest: named(guest), was: label(was) })];
}

function renamed(guest: PlanGuest, was: DeclaredGuest | undefined): readonly Diagnostic[] {
  if (was === undefined || was.name === guest.name) return [];
  return [diagnose(guestRenamed, guest.source, { guest: named(guest), was: was.name })];
}

function movedAway(guest: DeclaredGuest, { host, elsewhere }: MoveContext): readonly Diagnostic[] {
  const there = elsewhere.find(({ kind, name }) => kind === guest.kind && name === guest.name);
  if (there === undefined) return [];
  const data = { guest: named(guest), from: host, to: there.host, command: migrate(guest, there.node) };
  return [diagnose(guestMovedHost, there.source, data)];
}

function movedHere(guest: PlanGuest, { host, node, others }: MoveContext): readonly Diagnostic[] {
  return [...others].flatMap(([from, memory]) => {
    const was = knownTo(memory).find(({ kind, name }) => kind === guest.kind && name === guest.name);
    if (was === undefined) return [];
    const data = { guest: named(was), from, to: host, command: migrate(was, node) };
    return [diagnose(guestMovedHost, guest.source, data)];
  });
}

function migrate(guest: DeclaredGuest, node: string): string {
  return guest.kind === "vm" ? `qm migrate ${guest.id} ${node} --online` : `pct migrate ${guest.id} ${node} --restart`;
}

/** Options of the last plan that are not declared any more and cannot be deleted. */
export function stayFindings(
  previous: Memory,
  guests: readonly Wanted[],
  sources: readonly PlanGuest[],
): readonly Diagnostic[] {
  const now = new Map(guests.map((guest) => [addressOf(guest), guest]));
  return previous.declared.guests.flatMap((was) => {
    const guest = now.get(addressOf(was));
    const source = sources.find(({ address }) => address === addressOf(was))?.source;
    if (guest === undefined || source === undefined) return [];
    return Object.entries(was.options).flatMap(([option, value]) => {
      const stays = guest.options[option] === undefined && !isRemovable(was.kind, option);
      return stays ? [diagnose(optionStays, source, { guest: named(guest), option, value })] : [];
    });
  });
}

/** Disks that are called otherwise now, and disks that are detached where another one comes: their data do not follow. */
export function diskFindings(previous: Memory, guests: readonly Wanted[], model: Model): readonly Diagnostic[] {
  const now = new Map(guests.map((guest) => [addressOf(guest), guest]));
  return previous.declared.guests.flatMap((was) => {
    const guest = now.get(addressOf(was));
    const resource = model.resources.get(addressOf(was));
    if (guest === undefined || resource === undefined) return [];
    return [...renamedDisks(was, guest, resource), ...detachedDisks(was, guest, resource)];
  });
}

function renamedDisks(was: DeclaredGuest, guest: Wanted, resource: Resource): readonly Diagnostic[] {
  const disks = Object.entries(was.slots).filter(([name]) => name.startsWith("disk "));
  return disks.flatMap(([name, slot]) => {
    const other = Object.keys(guest.slots).find((key) => key !== name && guest.slots[key] === slot);
    if (other === undefined || guest.slots[name] !== undefined) return [];
    const [now, before] = [other, name].map((text) => text.slice("disk ".length));
    const section = sectionsOf(resource, "disk").find((disk) => argOf(disk, "name") === now);
    const data = { guest: named(guest), now: now ?? "", was: before ?? "", slot };
    return [diagnose(diskRenamed, (section ?? resource).headSpan, data)];
  });
}

function detachedDisks(was: DeclaredGuest, guest: Wanted, resource: Resource): readonly Diagnostic[] {
  const volumes = ({ options }: DeclaredGuest): readonly string[] =>
    Object.keys(options).filter((option) => isVolume(option, options[option] ?? ""));
  const fresh = volumes(guest).filter((option) => was.options[option] === undefined);
  if (fresh.length === 0) return [];
  const gone = volumes(was).filter((option) => guest.options[option] === undefined && !guest.absent.has(option));
  return gone.map((option) =>
    diagnose(diskDetached, resource.headSpan, {
      guest: named(guest),
      disk: option,
      volume: (was.options[option] ?? "").split(",")[0] ?? "",
      fresh,
    }),
  );
}

/** Storages that lie where one of another name lay. */
export function storageFindings(
  previous: Memory,
  things: readonly HostThing[],
  steps: readonly Step[],
): readonly Diagnostic[] {
  const [storages, before] = [things, previous.declared.things].map((all) =>
    all.filter(({ kind }) => kind === "storage"),
  );
  if (storages === undefined || before === undefined) return [];
  const names = new Set(storages.map(({ name }) => name));
  const gone = before.filter(({ name }) => !names.has(name));
  const known = new Set(before.map(({ name }) => name));
  return storages.flatMap((storage) => {
    const was = known.has(storage.name) ? undefined : gone.find((other) => isSamePlace(other, storage));
    const step = steps.find(({ probe }) => probe.kind === "storage" && probe.storage === storage.name);
    if (was === undefined || step === undefined) return [];
    const guests = previous.declared.guests.filter(({ options }) =>
      Object.values(options).some((value) => value.startsWith(`${was.name}:`)),
    );
    return [diagnose(storageRenamed, step.source, { was: was.name, now: storage.name, guests: guests.map(label) })];
  });
}

function isSamePlace(a: HostThing, b: HostThing): boolean {
  return JSON.stringify(a.fixed) === JSON.stringify(b.fixed);
}

function label({ kind, id }: { readonly kind: string; readonly id: number }): string {
  return `${kind} ${id}`;
}

function named(guest: { readonly kind: string; readonly id: number; readonly name: string }): string {
  return `${label(guest)} ${guest.name}`;
}
