import { templateStale } from "../../diagnostics/catalogue/planner-memory.js";
import { diagnose } from "../../diagnostics/diagnostic.js";
import type { Diagnostic } from "../../diagnostics/diagnostic.js";
import type { DeclaredGuest, Memory } from "../../model/memory.js";
import type { Address, Model, Resource } from "../../model/resource.js";
import { cloneSource, compareText, guestRef, guests as guestsOf } from "../../plugin-api/index.js";
import type { Wanted } from "./declared.js";
import { addressOf } from "./retired.js";

/** As many guests as a finding names. */
const MOST_NAMED = 12;

type Inputs = NonNullable<DeclaredGuest["inputs"]>;

/**
 * What is written down of templates stays what the first plan said that declared them under their id: a template is made once,
 * and no later plan changes what it was made from.
 */
export function asMade<T extends { readonly guests: readonly Wanted[] }>(previous: Memory, declared: T): T {
  const made = madeBefore(previous);
  return {
    ...declared,
    guests: declared.guests.map((guest) => {
      const inputs = guest.inputs === undefined ? undefined : made.get(addressOf(guest));
      return inputs === undefined ? guest : { ...guest, inputs };
    }),
  };
}

/** Templates that were planned from other inputs than the files declare now, and those that come from one of them. */
export function staleFindings(previous: Memory, declared: readonly Wanted[], model: Model): readonly Diagnostic[] {
  const made = madeBefore(previous);
  const stale = new Map<Address, Resource>();
  // In plan order: a source comes before what is cloned from it.
  return declared.flatMap((guest) => {
    const resource = model.resources.get(addressOf(guest));
    if (guest.inputs === undefined || resource === undefined) return [];
    const source = cloneSource(resource, model)?.resource;
    const inherited = source !== undefined && stale.has(source.address) ? [`its source ${label(source)} is stale`] : [];
    const before = made.get(addressOf(guest));
    const changed = [...(before === undefined ? [] : differences(before, guest.inputs)), ...inherited];
    if (changed.length === 0) return [];
    stale.set(resource.address, resource);
    const data = { template: label(resource), name: resource.name, changed, guests: madeFrom(resource, model) };
    return [diagnose(templateStale, resource.headSpan, data)];
  });
}

function madeBefore({ declared }: Memory): ReadonlyMap<Address, Inputs> {
  return new Map(
    declared.guests.flatMap((guest) => (guest.inputs === undefined ? [] : [[addressOf(guest), guest.inputs] as const])),
  );
}

function differences(before: Inputs, now: Inputs): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].toSorted(compareText);
  return names.filter((name) => before[name] !== now[name]).map((name) => name.replace(".", " "));
}

/** The guests that the files clone from a template. */
function madeFrom(template: Resource, model: Model): readonly string[] {
  const found = guestsOf(model)
    .filter((guest) => cloneSource(guest, model)?.resource.address === template.address)
    .map(label);
  const left = found.length - MOST_NAMED;
  return left > 0 ? [...found.slice(0, MOST_NAMED), `${left} more`] : found;
}

function label(resource: Resource): string {
  const { kind, id, name } = guestRef(resource);
  return `${kind} ${id} ${name}`;
}
