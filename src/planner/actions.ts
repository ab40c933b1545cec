import { actionWantsGuests, dependantsNotNamed, noChecks, nothingToAct } from "../diagnostics/catalogue/planner.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Diagnostic, Result } from "../diagnostics/diagnostic.js";
import type { Action, Plan, Step } from "../model/plan.js";
import type { Address, Model, Resource } from "../model/resource.js";
import { guestRef, isGuest } from "../plugin-api/index.js";
import type { Demand, KindSpec } from "../plugin-api/index.js";
import { sourceFile, span } from "../text/source.js";
import type { Span } from "../text/source.js";
import { closure, graphOf, turns } from "./order.js";
import type { Graph } from "./order.js";

/** Something else than converging, for the guests that are named. */
export interface ActionRequest {
  readonly name: Exclude<Action, "converge">;
  /** Also for the guests that need those that are named, directly or not. */
  readonly withDependents: boolean;
  /** The name of the snapshot, for `snapshot` and `rollback`. */
  readonly snapshot?: string;
}

/** What an action is about. */
export interface ActionScope {
  readonly request: ActionRequest;
  /** The words of the command line, for findings. */
  readonly targets: readonly string[];
  /** What they name; undefined: the host, which means all of its guests. */
  readonly named: readonly Address[] | undefined;
  /** All that belongs to the host. */
  readonly own: readonly Resource[];
  readonly model: Model;
  readonly kinds: ReadonlyMap<string, KindSpec>;
  /** The steps of a guest when it converges. */
  readonly stepsOf: (address: Address) => readonly Step[];
}

/** What stops a guest, so that others would go without it. */
const STOPS: readonly Action[] = ["stop", "restart", "rollback", "destroy"];

/** The part of a plan that an action decides. */
export type Acted = Pick<Plan, "steps"> & {
  /** In the order of their turns, each with the guests whose turns must have ended well before. */
  readonly guests: readonly { readonly resource: Resource; readonly after: readonly Address[] }[];
};

/**
 * The steps of an action. What starts goes in the order of the plan, with what it needs; what stops or is destroyed in the
 * reverse one, and touches only what was named, unless dependants are asked for. A restart is both, one after the other.
 */
export function act(scope: ActionScope): Result<Acted> {
  const { request, own, named } = scope;
  const everyone = own.filter(isGuest);
  const wrong = misuse(scope);
  if (wrong.length > 0) return { value: { steps: [], guests: [] }, diagnostics: wrong };
  const needs = needsAmong(everyone);
  const meant = named ?? everyone.map(({ address }) => address);
  const chosen = reach(request, meant, needs);
  const order = turns(own, graphOf(own)).filter(({ address }) => chosen.has(address));
  const isReverse = request.name === "stop" || request.name === "destroy";
  const ordered = isReverse ? order.toReversed() : order;
  const after = isReverse ? inverse(graphOf(order)) : needs;
  const guests = ordered.map((resource) => ({
    resource,
    after: (after.get(resource.address) ?? []).filter((address) => chosen.has(address)),
  }));
  const steps = linked(stepsOf(scope, order, needs));
  if (request.name === "health") return healthOf(scope, order, steps);
  const diagnostics = [...idle(scope, steps), ...(STOPS.includes(request.name) ? unnamed(scope, order, needs) : [])];
  return { value: { steps, guests }, diagnostics };
}

/** Nobody waits for anybody, because nothing is changed; guests without checks have no turn. */
function healthOf(scope: ActionScope, order: readonly Resource[], steps: readonly Step[]): Result<Acted> {
  const guests = order
    .filter(({ address }) => steps.some((step) => step.resource === address))
    .map((resource) => ({ resource, after: [] }));
  const none = steps.length > 0 ? [] : [diagnose(noChecks, commandLine(scope), { targets: scope.targets })];
  return { value: { steps, guests }, diagnostics: [...none, ...(steps.length > 0 ? idle(scope, steps) : [])] };
}

/** The words of the command line as a place, for findings. */
function commandLine({ targets }: ActionScope): Span {
  const words = targets.join(" ");
  return span(sourceFile("command line", words), 0, words.length);
}

function misuse(scope: ActionScope): readonly Diagnostic[] {
  const { request, targets, named, model } = scope;
  const at = commandLine(scope);
  const action = request.name;
  const things = (named ?? []).filter((address) => {
    const resource = model.resources.get(address);
    return resource !== undefined && !isGuest(resource);
  });
  const isHostMeant = action === "health" || (targets.length > 0 && action !== "destroy");
  if (named === undefined && !isHostMeant) {
    return [diagnose(actionWantsGuests, at, { action, thing: undefined })];
  }
  return things.map((thing) => diagnose(actionWantsGuests, at, { action, thing }));
}

/** Who needs whom while it runs, as the files say it with `needs`: a clone does without its source. */
function needsAmong(everyone: readonly Resource[]): Graph {
  const known = new Set(everyone.map(({ address }) => address));
  return new Map(
    everyone.map(({ address, requires }) => {
      const needed = requires.filter(({ reason, to }) => reason === "needs" && known.has(to) && to !== address);
      return [address, [...new Set(needed.map(({ to }) => to))]];
    }),
  );
}

function reach({ name, withDependents }: ActionRequest, meant: readonly Address[], needs: Graph): ReadonlySet<Address> {
  const wider = withDependents ? [...closure(inverse(needs), meant)] : meant;
  return name === "start" ? closure(needs, wider) : new Set(wider);
}

/** The same edges the other way round. */
function inverse(graph: Graph): Graph {
  const found = new Map<Address, Address[]>([...graph.keys()].map((address) => [address, []]));
  for (const [from, needed] of graph) for (const to of needed) found.get(to)?.push(from);
  return found;
}

function stepsOf(
  { request, kinds, model, stepsOf: converging }: ActionScope,
  order: readonly Resource[],
  needs: Graph,
): readonly Step[] {
  const dependants = inverse(needs);
  const named = request.snapshot === undefined ? {} : { snapshot: request.snapshot };
  const each = (resources: readonly Resource[], verb: Demand["verb"]): readonly Step[] =>
    resources.flatMap((resource) => {
      const found = (dependants.get(resource.address) ?? []).flatMap((address) => model.resources.get(address) ?? []);
      return kinds.get(resource.kind)?.act?.(resource, { verb, neededBy: found.map(guestRef), model, ...named }) ?? [];
    });
  switch (request.name) {
    case "start":
      return each(order, "start");
    case "health":
      return order.flatMap(({ address }) => converging(address).filter(({ probe }) => probe.kind === "check"));
    case "snapshot":
      return each(order, "snapshot");
    case "rollback":
      return [...each(order.toReversed(), "rollback"), ...each(order, "resume")];
    case "restart":
      return [...each(order.toReversed(), "pause"), ...each(order, "resume")];
    default:
      return each(order.toReversed(), request.name);
  }
}

/** Each after the one before it. */
function linked(steps: readonly Step[]): readonly Step[] {
  return steps.map((step, i) => ({ ...step, requires: steps.slice(Math.max(0, i - 1), i).map(({ id }) => id) }));
}

/** Guests that are named and with which there is nothing to do. */
function idle({ request, named, model }: ActionScope, steps: readonly Step[]): readonly Diagnostic[] {
  return (named ?? []).flatMap((address) => {
    const resource = model.resources.get(address);
    if (resource === undefined || steps.some((step) => step.resource === address)) return [];
    return [diagnose(nothingToAct, resource.headSpan, { action: request.name, guest: label(resource) })];
  });
}

/** Guests that need one that is stopped, and are not. */
function unnamed({ request, model }: ActionScope, order: readonly Resource[], needs: Graph): readonly Diagnostic[] {
  const dependants = inverse(needs);
  const chosen = new Set(order.map(({ address }) => address));
  return order.flatMap((resource) => {
    const others = (dependants.get(resource.address) ?? []).filter((address) => !chosen.has(address));
    const guests = others.flatMap((address) => model.resources.get(address) ?? []).map(label);
    if (guests.length === 0) return [];
    return [diagnose(dependantsNotNamed, resource.headSpan, { action: request.name, guest: label(resource), guests })];
  });
}

function label(resource: Resource): string {
  const { kind, id, name } = guestRef(resource);
  return `${kind} ${id} ${name}`;
}
