import {
  lockOccupied,
  lockOutsidePool,
  nothingToDraw,
  poolExhausted,
} from "../../diagnostics/catalogue/planner-lock.js";
import { diagnose } from "../../diagnostics/diagnostic.js";
import type { Diagnostic } from "../../diagnostics/diagnostic.js";
import { occupantText } from "../../model/drawn.js";
import type { GuestOccupant, Occupied } from "../../model/drawn.js";
import type { Model } from "../../model/resource.js";
import { segmentOf } from "../../plugin-api/index.js";
import type { KindSpec, Supply } from "../../plugin-api/index.js";
import type { Span } from "../../text/source.js";
import { asksOf } from "./asks.js";
import type { Ask } from "./asks.js";
import type { Entry } from "./file.js";
import { numberOfValue, textOfNumber } from "./values.js";

export { lockText, readLock } from "./file.js";
export type { Entry, Lock } from "./file.js";

/** What is known before anything is drawn. */
export interface Known {
  /** The lines of the lock file. */
  readonly entries: readonly Entry[];
  /** What this compilation drew already, by whose it is: kept where it still fits, so that drawing comes to an end. */
  readonly tentative: ReadonlyMap<string, string>;
  /** What guests of a captured host have. */
  readonly occupied: readonly Occupied[];
  /** What guests of the committed plans have: what left the files is on its host for as long as nobody says otherwise. */
  readonly remembered: () => readonly Occupied<GuestOccupant>[];
}

/** What guests get that leave a value to phxc. */
export interface Drawing {
  /** By whose it is; without those for which there is none. */
  readonly values: ReadonlyMap<string, string>;
  /** The lines that the lock file is to have, in no order. */
  readonly entries: readonly Entry[];
  /** What was drawn now, and the keys of what nobody asks for any more; each with a place. */
  readonly fresh: readonly Fresh[];
  readonly released: readonly { readonly key: string; readonly at: Span }[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface Fresh {
  readonly key: string;
  readonly value: string;
  readonly at: Span;
  readonly label: string;
}

/**
 * Gives every asker what the lock file says, else what it has already, on the captured host or in a committed plan, else the lowest
 * value that is free: in no line of the lock file, declared by nobody, and not in use there. Pure: the same model, lock file and
 * plans give the same values.
 */
export function draw(model: Model, kinds: ReadonlyMap<string, KindSpec>, known: Known): Drawing {
  const asks = asksOf(model, kinds);
  const work: Work = {
    known,
    spaces: spacesOf(asks),
    kept: new Map(known.entries.map((entry) => [`${entry.sort} ${entry.key}`, entry])),
    used: new Set(),
    cursors: new Map(),
    values: new Map(),
    findings: [],
  };
  const waiting = asks.filter((ask) => !keep(work, ask));
  for (const entry of work.kept.values()) {
    const space = work.spaces.get(`${entry.sort} ${entry.scope}`) ?? "";
    for (const name of usedNames({ ...entry, space })) work.used.add(name);
  }
  const later = waiting.filter((ask) => !take(work, ask, known.tentative.get(ask.key)) && !takeOwn(work, ask));
  for (const ask of later) drawOne(work, ask);
  const fresh = asks.filter((ask) => work.values.has(ask.key) && !work.kept.has(`${ask.sort} ${ask.key}`));
  const asked = new Set(asks.map((ask) => `${ask.sort} ${ask.key}`));
  const kept = [...work.kept].map(([name, entry]) => ({ ...entry, released: !asked.has(name) }));
  const before = new Map(known.entries.map((entry) => [`${entry.sort} ${entry.key}`, entry.released]));
  return {
    values: work.values,
    entries: [...kept, ...fresh.flatMap((ask) => entryOf(work, ask))],
    fresh: fresh.map(({ key, at, label }) => ({ key, at, label, value: work.values.get(key) ?? "" })),
    released: kept.flatMap(({ sort, key, released, at }) =>
      released && before.get(`${sort} ${key}`) === false && at !== undefined ? [{ key, at }] : [],
    ),
    diagnostics: work.findings,
  };
}

interface Work {
  readonly known: Known;
  /** The space of a scope: networks on one bridge share one. */
  readonly spaces: ReadonlyMap<string, string>;
  /** The lines that stay, by sort and key. */
  readonly kept: Map<string, Entry>;
  /** What nobody else gets, by {@link usedNames}. */
  readonly used: Set<string>;
  /** Where the search in a range goes on; below it nothing is free. */
  readonly cursors: Map<string, bigint>;
  readonly values: Map<string, string>;
  readonly findings: Diagnostic[];
}

function spacesOf(asks: readonly Ask[]): ReadonlyMap<string, string> {
  return new Map(
    asks.flatMap(({ sort, supply }) => ("lack" in supply ? [] : [[`${sort} ${supply.scope}`, supply.space] as const])),
  );
}

/**
 * A value is one guest's among all that it may meet, and among those of its network: there a guest may be in a VLAN of its own,
 * and a line of the lock file names no VLAN.
 */
function usedNames(one: {
  readonly sort: string;
  readonly scope: string;
  readonly space: string;
  readonly value: string;
}): readonly [string, string] {
  const { sort, scope, space, value } = one;
  return [`${sort} in ${scope}: ${value}`, `${sort} on ${space}: ${value}`];
}

/** Whether the lock file says what an asker has. A line that was released and does not fit any more is given up. */
function keep(work: Work, ask: Ask): boolean {
  const { supply, sort, key } = ask;
  const name = `${sort} ${key}`;
  const entry = work.kept.get(name);
  if (entry === undefined || "lack" in supply) return false;
  const number = numberOfValue(sort, entry.value) ?? -1n;
  const other = occupant(work.known.occupied, ask, supply, entry.value);
  const isFamily = sort !== "ip" || entry.value.includes(":") === supply.text.includes(":");
  const isInside = isFamily && number >= supply.first && number <= supply.last;
  if (entry.released && (!isInside || other !== undefined || supply.isTaken(number))) {
    work.kept.delete(name);
    return false;
  }
  work.values.set(key, entry.value);
  for (const used of usedNames({ ...entry, space: supply.space })) work.used.add(used);
  const { label: what } = ask;
  const related = entry.at === undefined ? [] : [{ span: entry.at, message: "locked here" }];
  if (!isInside) {
    const args = { what, value: entry.value, pool: supply.text, key };
    const pool = { span: supply.span, message: "drawn from here" };
    work.findings.push(diagnose(lockOutsidePool, ask.at, args, { related: [...related, pool] }));
  } else if (other !== undefined) {
    work.findings.push(diagnose(lockOccupied, ask.at, { what, value: entry.value, guest: other, key }, { related }));
  }
  return true;
}

/** Gives an asker a value if it can have it. */
function take(work: Work, ask: Ask, value: string | undefined): boolean {
  const { supply, sort } = ask;
  if (value === undefined || "lack" in supply) return false;
  const number = numberOfValue(sort, value) ?? -1n;
  if (number < supply.first || number > supply.last || supply.isTaken(number)) return false;
  const names = usedNames({ ...supply, sort, value });
  if (names.some((name) => work.used.has(name)) || occupant(rivals(work), ask, supply, value) !== undefined)
    return false;
  for (const name of names) work.used.add(name);
  work.values.set(ask.key, value);
  return true;
}

/** Gives an asker what it has on the captured host, or had in a committed plan, if that is in its range. */
function takeOwn(work: Work, ask: Ask): boolean {
  const { supply, sort } = ask;
  if ("lack" in supply) return false;
  return rivals(work).some(
    (one) => one.sort === sort && spaceOf(one) === supply.space && isSame(one, ask) && take(work, ask, one.value),
  );
}

function drawOne(work: Work, ask: Ask): void {
  const { supply, sort, label: what } = ask;
  if ("lack" in supply) {
    const related = supply.span === undefined ? [] : [{ span: supply.span, message: "here" }];
    work.findings.push(diagnose(nothingToDraw, ask.at, { what, lack: supply.lack, help: supply.help }, { related }));
    return;
  }
  const range = [sort, supply.scope, supply.space, supply.first, supply.last].join(" ");
  let next = work.cursors.get(range) ?? supply.first;
  while (next <= supply.last && !take(work, ask, textOfNumber(sort, next, supply.text))) next++;
  work.cursors.set(range, next);
  if (next > supply.last) work.findings.push(exhausted(work, ask, supply));
}

function exhausted(work: Work, ask: Ask, supply: Supply): Diagnostic {
  const asked = (entry: Entry): boolean => work.values.get(entry.key) === entry.value;
  const released = [...work.kept.values()].filter((entry) => {
    const number = numberOfValue(entry.sort, entry.value) ?? -1n;
    const isHere = entry.sort === ask.sort && entry.scope === supply.scope;
    return isHere && !asked(entry) && number >= supply.first && number <= supply.last;
  });
  const related = [
    { span: supply.span, message: "drawn from here" },
    ...released.flatMap(({ at }) => (at === undefined ? [] : [{ span: at, message: "released" }])),
  ];
  const args = {
    what: ask.label,
    pool: supply.text,
    released: [...released.map(({ key }) => key), ...gone(work, ask)],
  };
  return diagnose(poolExhausted, ask.at, args, { related });
}

/** Guests of committed plans that are in no file any more, and have something of the range. */
function gone({ known, kept }: Work, { sort, supply }: Ask): readonly string[] {
  if ("lack" in supply) return [];
  const locked = new Set([...kept.values()].map((entry) => `${entry.sort} ${entry.value}`));
  return known.remembered().flatMap((one) => {
    const { value, guest } = one;
    const number = numberOfValue(sort, value) ?? -1n;
    const isHere =
      one.sort === sort && spaceOf(one) === supply.space && number >= supply.first && number <= supply.last;
    return isHere && !supply.isTaken(number) && !locked.has(`${sort} ${value}`) ? [`${guest.kind}.${guest.id}`] : [];
  });
}

/** What guests have that the files may not know. */
function rivals({ known }: Work): readonly Occupied[] {
  return [...known.occupied, ...known.remembered()];
}

/** The guest among them that has a value, unless it is the asker itself. */
function occupant(among: readonly Occupied[], ask: Ask, supply: Supply, value: string): string | undefined {
  const found = among.find(
    (one) => one.sort === ask.sort && spaceOf(one) === supply.space && one.value === value && !isSame(one, ask),
  );
  return found === undefined ? undefined : occupantText(found.guest);
}

function spaceOf({ sort, bridge, vlan }: Occupied): string {
  return sort === "ip" ? segmentOf(bridge, vlan, "") : sort;
}

/** An id is a guest's own where the names agree too: the one that has it may be somebody else's. */
function isSame({ sort, guest }: Occupied, { resource }: Ask): boolean {
  if (guest.kind === "host" || guest.kind !== resource.kind) return false;
  return sort === "id" ? guest.name === resource.name : guest.id === resource.id;
}

function entryOf(work: Work, { sort, key, supply }: Ask): readonly Entry[] {
  const value = work.values.get(key);
  if (value === undefined || "lack" in supply) return [];
  return [{ sort, scope: supply.scope, value, key, released: false }];
}
