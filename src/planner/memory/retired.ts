import type { DeclaredGuest, Memory, RetiredGuest } from "../../model/memory.js";
import type { Address } from "../../model/resource.js";
import { compareText, isBrought, isRemovable, removableKeys } from "../../plugin-api/index.js";
import type { Wanted } from "./declared.js";
import { sorted } from "./host-things.js";

/** As many former names as a guest keeps. */
const MAX_NAMES = 10;

/** `vm.8001` */
export function addressOf(guest: { readonly kind: string; readonly id: number }): Address {
  return `${guest.kind}.${guest.id}`;
}

/**
 * Everything that was once declared and is not now, with its last declared value: what the last plan declared or had
 * retired itself, less what is declared again, as set or as absent. By kind and id.
 */
export function retire(previous: Memory, current: readonly Wanted[]): readonly RetiredGuest[] {
  const now = new Map(current.map((guest) => [addressOf(guest), guest]));
  return lastKnown(previous)
    .map((last) => {
      const guest = now.get(addressOf(last));
      return guest === undefined ? { ...last, whole: true } : remainder(last, guest);
    })
    .filter((guest) => !isNothing(guest))
    .toSorted((a, b) => compareText(a.kind, b.kind) || a.id - b.id);
}

/** What the last plan knew of every guest, declared or retired. */
function lastKnown(previous: Memory): readonly RetiredGuest[] {
  const known = new Map(previous.retired.map((guest) => [addressOf(guest), guest]));
  for (const guest of previous.declared.guests) {
    const earlier = known.get(addressOf(guest));
    known.set(addressOf(guest), earlier === undefined ? unretired(guest) : joined(earlier, guest));
  }
  return [...known.values()];
}

function unretired(guest: DeclaredGuest): RetiredGuest {
  return { ...guest, whole: false, names: [], keys: {} };
}

/** The later declaration wins. */
function joined(earlier: RetiredGuest, later: DeclaredGuest): RetiredGuest {
  return {
    ...later,
    options: { ...earlier.options, ...later.options },
    snapshots: [...new Set([...earlier.snapshots, ...later.snapshots])],
    firewall: earlier.firewall || later.firewall,
    rawLines: { ...earlier.rawLines, ...later.rawLines },
    slots: { ...earlier.slots, ...later.slots },
    whole: false,
    names: earlier.names,
    keys: earlier.keys,
  };
}

/** What of a guest that is still declared is not. */
function remainder(last: RetiredGuest, now: Wanted): RetiredGuest {
  const isGone = (option: string): boolean => now.options[option] === undefined && !now.absent.has(option);
  const options = Object.entries(last.options).filter(
    ([option, value]) => isGone(option) && isRemovable(now.kind, option) && !isBrought(option, value),
  );
  const names = [...new Set([last.name, ...last.names])].filter((name) => name !== now.name);
  return {
    kind: now.kind,
    id: now.id,
    name: now.name,
    needs: [],
    options: sorted(options),
    snapshots: last.snapshots.filter((name) => !now.snapshots.includes(name)),
    firewall: last.firewall && !now.firewall,
    rawLines: sorted(Object.entries(last.rawLines).filter(([key]) => now.rawLines[key] === undefined)),
    // No other disk takes the place of one that is gone; the number of an interface is free for the next one.
    slots: sorted(
      Object.entries(last.slots).filter(
        ([name, slot]) => isVolume(name, now) || (isDisk(name) && isFree(name, slot, now)),
      ),
    ),
    whole: false,
    names: names.slice(0, MAX_NAMES),
    keys: goneKeys(last, now, new Set(options.map(([option]) => option))),
  };
}

/** Keys of options that stay; those of an option that goes as a whole go with it. */
function goneKeys(last: RetiredGuest, now: Wanted, gone: ReadonlySet<string>): RetiredGuest["keys"] {
  const options = [...new Set([...Object.keys(last.options), ...Object.keys(last.keys)])];
  const found = options.flatMap((option) => {
    if (gone.has(option) || now.absent.has(option)) return [];
    const wanted = now.options[option];
    const kept = wanted === undefined ? new Map<string, string>() : removableKeys(option, wanted);
    const known = [...Object.entries(last.keys[option] ?? {}), ...removableKeys(option, last.options[option] ?? "")];
    const keys = [...new Map(known)].filter(([key]) => !kept.has(key) && !now.absent.has(`${option}.${key}`));
    return keys.length === 0 ? [] : [[option, sorted(keys)] as const];
  });
  return sorted(found);
}

function isNothing(guest: RetiredGuest): boolean {
  const { whole, firewall, names, snapshots, options, rawLines, slots, keys } = guest;
  const parts = [names, snapshots, ...[options, rawLines, slots, keys].map((record) => Object.keys(record))];
  return !whole && !firewall && parts.every((part) => part.length === 0);
}

/** Whether neither the disk is declared nor another one in its slot. */
function isFree(name: string, slot: string, { slots }: Wanted): boolean {
  return slots[name] === undefined && !Object.values(slots).includes(slot);
}

/** What the guest mounted by its own fstab and no file says any more: the guest is told so. */
function isVolume(name: string, { slots }: Wanted): boolean {
  return name.startsWith("volume ") && slots[name] === undefined;
}

function isDisk(name: string): boolean {
  return name.startsWith("disk ");
}
