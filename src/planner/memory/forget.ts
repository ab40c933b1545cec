import type { Memory, RetiredGuest, RetiredThing } from "../../model/memory.js";
import { addressOf } from "./retired.js";
import { keyOf, sorted } from "./host-things.js";

/** A part of what is retired, by the name under which it is forgotten, and what is left of the guest without it. */
interface Item {
  readonly name: string;
  readonly without: RetiredGuest;
}

/** The names of all that can be forgotten: whole guests (`vm.8001`) and parts of them (`vm.8001.net0.tag`). */
export function forgettable(memory: Memory): readonly string[] {
  return [
    ...memory.retired.flatMap((guest) => (guest.whole ? [addressOf(guest)] : itemsOf(guest).map(({ name }) => name))),
    ...memory.retiredThings.flatMap(thingItems),
  ];
}

/** What was forgotten, and the items that name nothing. */
export interface Forgotten {
  readonly memory: Memory;
  readonly unknown: readonly string[];
}

/**
 * Drops items from memory. A guest is named by its address, id or name, and is forgotten with all that was ever declared of
 * it: when the files declare it still, the next plan remembers it anew.
 */
export function forget(memory: Memory, items: readonly string[]): Forgotten {
  return items.reduce<Forgotten>(
    (done, item) => {
      const left = withoutGuest(done.memory, item) ?? withoutPart(done.memory, item) ?? withoutThing(done.memory, item);
      return left === undefined ? { ...done, unknown: [...done.unknown, item] } : { ...done, memory: left };
    },
    { memory, unknown: [] },
  );
}

function withoutGuest(memory: Memory, item: string): Memory | undefined {
  const all = [...memory.declared.guests, ...memory.retired];
  const meant = all.find((guest) => [addressOf(guest), String(guest.id), guest.name].includes(item));
  if (meant === undefined) return undefined;
  const others = <T extends { readonly kind: string; readonly id: number }>(guests: readonly T[]): readonly T[] =>
    guests.filter((guest) => addressOf(guest) !== addressOf(meant));
  const declared = { ...memory.declared, guests: others(memory.declared.guests) };
  return { ...memory, declared, retired: others(memory.retired) };
}

function withoutPart(memory: Memory, item: string): Memory | undefined {
  for (const guest of memory.retired) {
    const found = guest.whole ? undefined : itemsOf(guest).find(({ name }) => name === item);
    if (found === undefined) continue;
    return { ...memory, retired: memory.retired.map((other) => (other === guest ? found.without : other)) };
  }
  return undefined;
}

/** `storage.old`, or `dataset.tank/data.quota` where only a part of it was declared once. */
function thingItems(thing: RetiredThing): readonly string[] {
  return thing.whole ? [keyOf(thing)] : Object.keys(thing.options).map((option) => `${keyOf(thing)}.${option}`);
}

function withoutThing(memory: Memory, item: string): Memory | undefined {
  const found = memory.retiredThings.find((thing) => thingItems(thing).includes(item));
  if (found === undefined) return undefined;
  const options = sorted(Object.entries(found.options).filter(([option]) => `${keyOf(found)}.${option}` !== item));
  const left = found.whole || Object.keys(options).length === 0 ? [] : [{ ...found, options }];
  return { ...memory, retiredThings: memory.retiredThings.flatMap((thing) => (thing === found ? left : [thing])) };
}

function itemsOf(guest: RetiredGuest): readonly Item[] {
  const item = (name: string, without: Partial<RetiredGuest>): Item => ({
    name: `${addressOf(guest)}.${name}`,
    without: { ...guest, ...without },
  });
  const { options, keys, rawLines, slots, names, snapshots } = guest;
  return [
    ...Object.keys(options).map((key) => item(key.replace(" ", ":"), { options: less(options, key) })),
    ...Object.entries(keys).flatMap(([option, values]) =>
      Object.keys(values).map((key) =>
        item(`${option.replace(" ", ":")}.${key}`, { keys: { ...keys, [option]: less(values, key) } }),
      ),
    ),
    ...Object.keys(rawLines).map((key) => item(`raw:${key}`, { rawLines: less(rawLines, key) })),
    ...Object.keys(slots).map((key) => item(key.replace(" ", ":"), { slots: less(slots, key) })),
    ...snapshots.map((name) => item(`snapshot:${name}`, { snapshots: snapshots.filter((other) => other !== name) })),
    ...names.map((name) => item(`name:${name}`, { names: names.filter((other) => other !== name) })),
    ...(guest.firewall ? [item("firewall", { firewall: false })] : []),
  ];
}

function less<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  return sorted(Object.entries(record).filter(([other]) => other !== key));
}
