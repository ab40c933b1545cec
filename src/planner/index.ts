import { diagnose } from "../diagnostics/diagnostic.js";
import type { Diagnostic, Result } from "../diagnostics/diagnostic.js";
import { repeatedStep } from "../diagnostics/catalogue/planner.js";
import { PHASES } from "../model/plan.js";
import type { Plan, PlanGuest, Requirement, Step } from "../model/plan.js";
import type { Address, Model, Resource } from "../model/resource.js";
import { guestRef, isGuest, stringOf } from "../plugin-api/index.js";
import type { KindSpec, Lowered } from "../plugin-api/index.js";
import { allHosts, assignHosts, chooseHost } from "./hosts.js";
import { closure, graphOf, turns } from "./order.js";
import type { Graph } from "./order.js";
import { releasesOf } from "./releases.js";
import { mergeRequirements } from "./requirements.js";
import { soundResources } from "./sound.js";
import { resolveTargets } from "./targets.js";

/** What a plan is restricted to. */
export interface PlanOptions {
  /** Ids, names or addresses; with what they need. None: everything. A host's name means everything on it. */
  readonly targets?: readonly string[];
  /** The declared name of a host. Needed only where the files declare several and the targets do not decide. */
  readonly host?: string;
}

/**
 * The plan of one host: the steps of all that belongs to it, in their final order. It is a plan also when there are
 * findings; with errors among them it must not be used.
 */
export function plan(model: Model, kinds: ReadonlyMap<string, KindSpec>, options: PlanOptions = {}): Result<Plan> {
  const assignment = assignHosts(model);
  const { targets = [], host } = options;
  const choice = chooseHost(model, assignment, { targets, host });
  const result = planOf(model, kinds, { ...choice, hostOf: assignment.hostOf });
  return {
    value: result.value,
    diagnostics: [...assignment.diagnostics, ...choice.diagnostics, ...result.diagnostics],
  };
}

/** The plans of all hosts that the files declare, in source order; one of an unnamed host when they declare none. */
export function plans(
  model: Model,
  kinds: ReadonlyMap<string, KindSpec>,
  options: PlanOptions = {},
): Result<readonly Plan[]> {
  const assignment = assignHosts(model);
  const { targets = [], host } = options;
  const choices = allHosts(model, assignment, { targets, host });
  const results = choices.map((choice) => planOf(model, kinds, { ...choice, hostOf: assignment.hostOf }));
  const found = [...assignment.diagnostics, ...choices.flatMap((choice) => choice.diagnostics)];
  return {
    value: results.map((result) => result.value),
    diagnostics: distinct([...found, ...results.flatMap((result) => result.diagnostics)]),
  };
}

/**
 * What lowering says about a model that has errors: only of those resources that the errors leave alone, so that one run
 * reports all that it can, and nothing that merely follows.
 */
export function findingsDespite(
  errors: readonly Diagnostic[],
  model: Model,
  kinds: ReadonlyMap<string, KindSpec>,
): readonly Diagnostic[] {
  const lowered = lowerAll(soundResources(model, errors), model, kinds);
  return [...lowered.values()].flatMap(({ diagnostics = [] }) => diagnostics);
}

/** What all hosts share is lowered once for each: its findings are one. */
function distinct(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const keyOf = ({ code, span, message }: Diagnostic): string =>
    JSON.stringify([code, span.file.path, span.start, message]);
  return [...new Map(findings.toReversed().map((finding) => [keyOf(finding), finding])).values()].toReversed();
}

function planOf(
  model: Model,
  kinds: ReadonlyMap<string, KindSpec>,
  options: {
    readonly host: string;
    readonly targets: readonly string[];
    readonly hostOf: (resource: Resource) => string | undefined;
  },
): Result<Plan> {
  const { targets } = options;
  const own = [...model.resources.values()].filter(
    (resource) => (options.hostOf(resource) ?? options.host) === options.host,
  );
  const lowered = lowerAll(own, model, kinds);
  const all = graphOf(own);
  const meant = resolveTargets(targets, own, [...model.resources.values()]);
  const chosen = targets.length === 0 ? new Set(all.keys()) : closure(all, meant.value);
  const resources = own.filter((resource) => chosen.has(resource.address) || resource.kind === "host");
  const graph = graphOf(resources);
  const ordered = turns(resources, graph);
  const steps = stepsOf(ordered, graph, lowered);
  const host = model.resources.get(`host.${options.host}`);
  const node = host === undefined ? undefined : stringOf(host, "node");
  const releases = releasesOf(resources, kinds, host);
  const findings = ordered.flatMap((resource) => lowered.get(resource.address)?.diagnostics ?? []);
  return {
    value: {
      host: options.host,
      ...(node === undefined ? {} : { node }),
      steps,
      requirements: mergeRequirements([
        ...ordered.flatMap((resource) => requirementsOf(resource, lowered)),
        ...releases.requirements,
      ]),
      guests: ordered.filter(isGuest).map((guest) => planGuest(guest, graph, model)),
      sources: model.sources,
      environment: model.environment,
      targets,
    },
    diagnostics: [...meant.diagnostics, ...findings, ...releases.diagnostics, ...repeatedSteps(steps)],
  };
}

type LoweredBy = ReadonlyMap<Address, Lowered>;

function lowerAll(resources: readonly Resource[], model: Model, kinds: ReadonlyMap<string, KindSpec>): LoweredBy {
  const get = (address: string): Resource | undefined => model.resources.get(address);
  return new Map(
    resources.flatMap((resource) => {
      const lower = kinds.get(resource.kind)?.lower;
      return lower === undefined ? [] : [[resource.address, lower(resource, { model, get })] as const];
    }),
  );
}

function requirementsOf(resource: Resource, lowered: LoweredBy): readonly Requirement[] {
  return lowered.get(resource.address)?.requirements ?? [];
}

/** Each resource's steps in one piece, by phase; each step requires the one before it, the first what its resource needs. */
function stepsOf(ordered: readonly Resource[], graph: Graph, lowered: LoweredBy): readonly Step[] {
  const last = new Map<Address, readonly string[]>();
  return ordered.flatMap((resource) => {
    const steps = (lowered.get(resource.address)?.steps ?? []).toSorted((a, b) => phaseIndex(a) - phaseIndex(b));
    let before = [...new Set((graph.get(resource.address) ?? []).flatMap((to) => last.get(to) ?? []))];
    const linked = steps.map((step) => {
      const requires = [...new Set([...before, ...step.requires])];
      before = [step.id];
      return { ...step, requires };
    });
    // A resource without steps stands for what it needs itself.
    last.set(resource.address, before);
    return linked;
  });
}

function phaseIndex(step: Step): number {
  return PHASES.indexOf(step.phase);
}

function planGuest(guest: Resource, graph: Graph, model: Model): PlanGuest {
  const needs = nearestGuests(guest.address, graph, model);
  return { ...guestRef(guest), address: guest.address, needs, source: guest.headSpan };
}

/** The guests that a resource needs, directly or through things that are no guests; in the order written. */
function nearestGuests(from: Address, graph: Graph, model: Model): readonly Address[] {
  const found = new Set<Address>();
  const seen = new Set<Address>([from]);
  const visit = (address: Address): void => {
    for (const to of graph.get(address) ?? []) {
      if (seen.has(to)) continue;
      seen.add(to);
      const needed = model.resources.get(to);
      if (needed !== undefined && isGuest(needed)) found.add(to);
      else visit(to);
    }
  };
  visit(from);
  return [...found];
}

function repeatedSteps(steps: readonly Step[]): readonly Diagnostic[] {
  const first = new Map<string, Step>();
  return steps.flatMap((step) => {
    const earlier = first.get(step.id);
    first.set(step.id, earlier ?? step);
    if (earlier === undefined) return [];
    const related = [{ span: earlier.source, message: "first made here" }];
    return [diagnose(repeatedStep, step.source, { step: step.id }, { related })];
  });
}
