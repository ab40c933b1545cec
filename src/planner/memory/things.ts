import { THING_KINDS } from "../../model/memory.js";
import type { HostThing, Memory, RetiredThing } from "../../model/memory.js";
import { compareText } from "../../plugin-api/index.js";
import { keyOf, sorted } from "./host-things.js";

/** What was once declared of things of the host and is not now, with its last declared value; by kind and name: what uses others first. */
export function retireThings(previous: Memory, current: readonly HostThing[]): readonly RetiredThing[] {
  const now = new Map(current.map((thing) => [keyOf(thing), thing]));
  return lastKnown(previous)
    .map((last): RetiredThing => {
      const thing = now.get(keyOf(last));
      if (thing === undefined) return { ...last, whole: true };
      const options = Object.entries(last.options).filter(([name]) => thing.options[name] === undefined);
      return { ...thing, options: sorted(options), whole: false };
    })
    .filter(({ whole, options }) => whole || Object.keys(options).length > 0)
    .toSorted((a, b) => THING_KINDS.indexOf(a.kind) - THING_KINDS.indexOf(b.kind) || compareText(a.name, b.name));
}

function lastKnown({ declared, retiredThings }: Memory): readonly HostThing[] {
  const known = new Map<string, HostThing>(retiredThings.map(({ whole: _whole, ...thing }) => [keyOf(thing), thing]));
  for (const thing of declared.things) {
    const options = { ...known.get(keyOf(thing))?.options, ...thing.options };
    known.set(keyOf(thing), { ...thing, options: sorted(Object.entries(options)) });
  }
  return [...known.values()];
}
