import { hasErrors } from "../../diagnostics/summary.js";
import type { Diagnostic, Result } from "../../diagnostics/diagnostic.js";
import type { Memory, PlanMemory, RetiredGuest } from "../../model/memory.js";
import type { GuestRef, PlanGuest, Step } from "../../model/plan.js";
import type { Address, Model } from "../../model/resource.js";
import type { KindSpec } from "../../plugin-api/index.js";
import { span } from "../../text/source.js";
import type { SourceFile } from "../../text/source.js";
import { declaredBy, written } from "./declared.js";
import { diskFindings, moveFindings, stayFindings, storageFindings } from "./moves.js";
import type { Stranger } from "./moves.js";
import { retireThings } from "./things.js";
import { addressOf, retire } from "./retired.js";
import { asMade, staleFindings } from "./stale.js";

export { forget, forgettable } from "./forget.js";
export { readMemory } from "./read.js";
export { withSlots } from "./slots.js";
export { changedTexts } from "./texts.js";

/** As many plans as a plan knows to come before it. */
export const MAX_ANCESTRY = 50;

/** The committed plan of a host, or the place for its first one. */
export interface CommittedPlan {
  /** Its data, for findings and for steps that nothing else asks for. */
  readonly file: SourceFile;
  readonly previous: Memory | undefined;
}

/** The committed plan of a host; undefined where plans of that host are not committed. */
export type Committed = (host: string) => Result<CommittedPlan> | undefined;

/** All that a host's plan without targets would have, and who is where. */
export interface Present {
  readonly host: string;
  readonly node: string;
  /** In plan order. */
  readonly guests: readonly PlanGuest[];
  readonly steps: readonly Step[];
  readonly model: Model;
  readonly elsewhere: readonly Stranger[];
}

/** What follows from the last plan. */
export interface Recalled {
  readonly memory: PlanMemory;
  /** The committed plan, which asks for what no file asks for. */
  readonly file: SourceFile;
  /** What is to be taken back, by guest. */
  readonly retired: ReadonlyMap<Address, RetiredGuest>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Compares what the files declare with the committed plan of the host, and with those of others. */
export function recall(committed: Committed, plan: CommittedPlan, present: Present): Recalled {
  const { previous } = plan;
  const declared = declaredBy(present.guests, present.steps, present.model);
  const retired = previous === undefined ? [] : retire(previous, declared.guests);
  const retiredThings = previous === undefined ? [] : retireThings(previous, declared.things);
  const others = othersOf(committed, present);
  const diagnostics = [
    ...moveFindings({ ...present, previous, others }),
    ...(previous === undefined
      ? []
      : [
          ...storageFindings(previous, declared.things, present.steps),
          ...diskFindings(previous, declared.guests, present.model),
          ...stayFindings(previous, declared.guests, present.guests),
          ...staleFindings(previous, declared.guests, present.model),
        ]),
  ];
  return {
    memory: {
      declared: written(previous === undefined ? declared : asMade(previous, declared)),
      retired,
      retiredThings,
      ancestry: previous?.ancestry ?? [],
      ...(previous === undefined ? {} : { previous: previous.digest }),
    },
    file: plan.file,
    retired: new Map(retired.map((guest) => [addressOf(guest), guest])),
    diagnostics,
  };
}

function othersOf(committed: Committed, { host, model }: Present): ReadonlyMap<string, Memory> {
  const names = [...model.resources.values()].filter(({ kind, name }) => kind === "host" && name !== host);
  return new Map(
    names.flatMap(({ name }) => {
      const other = committed(name);
      const memory = other === undefined || hasErrors(other.diagnostics) ? undefined : other.value.previous;
      return memory === undefined ? [] : [[name, memory] as const];
    }),
  );
}

/** The steps for things of the host that are no longer declared; what no kind of its own takes back is the host's. */
export function remainders(recalled: Recalled | undefined, kinds: ReadonlyMap<string, KindSpec>): readonly Step[] {
  if (recalled === undefined) return [];
  const at = span(recalled.file, 0);
  return recalled.memory.retiredThings.flatMap(
    (thing) => (kinds.get(thing.kind)?.leave ?? kinds.get("host")?.leave)?.(thing, at) ?? [],
  );
}

/** The steps that take back whole guests: those that needed others go before these. */
export function farewells(recalled: Recalled | undefined, kinds: ReadonlyMap<string, KindSpec>): readonly Step[] {
  if (recalled === undefined) return [];
  const waiting = new Map([...recalled.retired].filter(([, { whole }]) => whole));
  const done = new Map<Address, { readonly guest: RetiredGuest; readonly steps: readonly Step[] }>();
  while (waiting.size > 0) {
    const [address, guest] = nextToGo(waiting);
    waiting.delete(address);
    const dependants = [...done.values()].filter((other) => other.guest.needs.includes(address));
    const requires = dependants.flatMap((other) => other.steps.map((step) => step.id));
    const steps = kinds.get(guest.kind)?.retire?.(guest, span(recalled.file, 0), dependants.map(refOf)) ?? [];
    done.set(address, { guest, steps: steps.map((step) => ({ ...step, requires })) });
  }
  return [...done.values()].flatMap(({ steps }) => steps);
}

function refOf({ guest: { kind, id, name } }: { readonly guest: RetiredGuest }): GuestRef {
  return { kind, id, name };
}

/** The last one that no other one needs; where all are needed (a cycle), the last. */
function nextToGo(waiting: ReadonlyMap<Address, RetiredGuest>): readonly [Address, RetiredGuest] {
  const entries = [...waiting];
  const isNeeded = (address: Address): boolean => entries.some(([, { needs }]) => needs.includes(address));
  const found = entries.findLast(([address]) => !isNeeded(address)) ?? entries.at(-1);
  if (found === undefined) throw new RangeError("nothing waits");
  return found;
}
