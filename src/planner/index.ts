import { diagnose } from "../diagnostics/diagnostic.js";
import type { Diagnostic, Result } from "../diagnostics/diagnostic.js";
import { repeatedStep } from "../diagnostics/catalogue/planner.js";
import { PHASES } from "../model/plan.js";
import type { Plan, PlanGuest, Requirement, Step } from "../model/plan.js";
import type { RetiredGuest } from "../model/memory.js";
import type { Address, Model, Resource } from "../model/resource.js";
import { compareText, guestRef, isGuest, stringOf } from "../plugin-api/index.js";
import type { KindSpec, Lowered } from "../plugin-api/index.js";
import { act } from "./actions.js";
import type { ActionRequest } from "./actions.js";
import { allHosts, assignHosts, chooseHost } from "./hosts.js";
import { changedTexts, farewells, recall, remainders, withSlots } from "./memory/index.js";
import type { Committed, Recalled } from "./memory/index.js";
import { closure, graphOf, turns } from "./order.js";
import type { Graph } from "./order.js";
import { withOnePackagesStep } from "./packages.js";
import { releasesOf } from "./releases.js";
import { mergeRequirements, unmetRequirements } from "./requirements.js";
import { soundResources } from "./sound.js";
import { resolveTargets } from "./targets.js";

/** What a plan is restricted to. */
export interface PlanOptions {
  /** Ids, names or addresses; with what they need. None: everything. A host's name means everything on it. */
  readonly targets?: readonly string[];
  /** What to do with the targets, in place of converging them. */
  readonly action?: ActionRequest;
  /** The declared name of a host. Needed only where the files declare several and the targets do not decide. */
  readonly host?: string;
  /** The committed plans of hosts; without it a plan knows nothing of those before it. */
  readonly committed?: Committed;
}

/**
 * The plan of one host: the steps of all that belongs to it, in their final order. It is a plan also when there are
 * findings; with errors among them it must not be used.
 */
export function plan(model: Model, kinds: ReadonlyMap<string, KindSpec>, options: PlanOptions = {}): Result<Plan> {
  const assignment = assignHosts(model);
  const { targets = [], host } = options;
  const choice = chooseHost(model, assignment, { targets, host });
  const { committed, action } = options;
  const scope = { ...choice, hostOf: assignment.hostOf, committed };
  const result =
    action === undefined ? planOf(model, kinds, scope) : actionPlan(model, kinds, { ...scope, action, words: targets });
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
  const results = choices.map((choice) =>
    planOf(model, kinds, { ...choice, hostOf: assignment.hostOf, committed: undefined }),
  );
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

interface Scope {
  readonly host: string;
  readonly targets: readonly string[];
  readonly hostOf: (resource: Resource) => string | undefined;
  readonly committed: Committed | undefined;
}

function planOf(files: Model, kinds: ReadonlyMap<string, KindSpec>, scope: Scope): Result<Plan> {
  const { targets, host } = scope;
  const committed = scope.committed?.(host);
  const previous = committed?.value.previous;
  const model = previous === undefined ? files : withSlots(files, previous);
  const own = [...model.resources.values()].filter((resource) => (scope.hostOf(resource) ?? host) === host);
  const all = graphOf(own);
  const present = lowerAll(own, model, kinds);
  const recalled = recallAll({ ...scope, own, all, model, present });
  const whole = recalled === undefined ? present : relowered(present, recalled, model, kinds);
  const lowered = targets.length === 0 ? whole : withoutSettings(whole, `host.${host}`);
  const meant = resolveTargets(targets, own, [...model.resources.values()]);
  const chosen = targets.length === 0 ? new Set(all.keys()) : closure(all, meant.value);
  const resources = own.filter((resource) => chosen.has(resource.address) || resource.kind === "host");
  const graph = graphOf(resources);
  const ordered = turns(resources, graph);
  const steps = withOnePackagesStep(stepsOf(ordered, graph, lowered), host);
  const leaving = targets.length > 0 ? [] : [...farewells(recalled, kinds), ...remainders(recalled, kinds)];
  const node = nodeOf(model, host);
  const releases = releasesOf(resources, kinds, model.resources.get(`host.${host}`));
  const findings = ordered.flatMap((resource) => lowered.get(resource.address)?.diagnostics ?? []);
  return {
    value: {
      host,
      ...(node === undefined ? {} : { node }),
      steps: [...steps, ...leaving],
      requirements: mergeRequirements([
        ...unmetRequirements(
          ordered.flatMap((resource) => requirementsOf(resource, lowered)),
          steps,
        ),
        ...releases.requirements,
      ]),
      ...scriptsOf(ordered, lowered),
      guests: ordered.filter(isGuest).map((guest) => planGuest(guest, graph, model, recalled)),
      sources: model.sources,
      environment: model.environment,
      targets,
      ...(recalled === undefined ? {} : { memory: recalled.memory }),
      ...(recalled === undefined || previous === undefined
        ? {}
        : { textChanges: changedTexts(previous, steps, recalled.memory.retired, targets.length === 0) }),
    },
    diagnostics: [
      ...(committed?.diagnostics ?? []),
      ...(recalled?.diagnostics ?? []),
      ...meant.diagnostics,
      ...findings,
      ...releases.diagnostics,
      ...repeatedSteps(steps),
    ],
  };
}

/** A plan that does one thing with the guests that are named, and converges nothing. */
function actionPlan(
  model: Model,
  kinds: ReadonlyMap<string, KindSpec>,
  scope: Scope & { readonly action: ActionRequest; readonly words: readonly string[] },
): Result<Plan> {
  const { host, hostOf, targets, action, words } = scope;
  const own = [...model.resources.values()].filter((resource) => (hostOf(resource) ?? host) === host);
  const all = graphOf(own);
  const meant = resolveTargets(targets, own, [...model.resources.values()]);
  const named = targets.length === 0 ? undefined : meant.value;
  const present = lowerAll(own, model, kinds);
  const stepsOf = (address: Address): readonly Step[] => present.get(address)?.steps ?? [];
  const acted = act({ request: action, targets: words, named, own, model, kinds, stepsOf });
  const guests = acted.value.guests.map(({ resource }) => resource);
  const isHealth = action.name === "health";
  // What is wrong with checks is told where they are asked for; those of other actions need nothing that lowering tells.
  const findings = isHealth ? guests.flatMap(({ address }) => present.get(address)?.diagnostics ?? []) : [];
  const recalled = recallAll({ ...scope, own, all, model, present });
  const node = nodeOf(model, host);
  return {
    value: {
      host,
      ...(node === undefined ? {} : { node }),
      action: action.name,
      steps: acted.value.steps,
      requirements: [],
      ...(isHealth ? usedScripts(acted.value.steps, scriptsOf(guests, present)) : {}),
      guests: acted.value.guests.map(({ resource, after }) => ({
        ...planGuest(resource, all, model, recalled),
        needs: after,
      })),
      sources: model.sources,
      environment: model.environment,
      targets: words,
      ...(recalled === undefined ? {} : { memory: recalled.memory }),
    },
    diagnostics: [
      ...(scope.committed?.(host)?.diagnostics ?? []),
      ...meant.diagnostics,
      ...acted.diagnostics,
      ...findings,
    ],
  };
}

/** The scripts that checks among these steps run. */
function usedScripts(steps: readonly Step[], { scripts = {} }: Pick<Plan, "scripts">): Pick<Plan, "scripts"> {
  const names = new Set(
    steps.flatMap(({ probe }) => (probe.kind === "check" && probe.test.type === "script" ? [probe.test.script] : [])),
  );
  const used = Object.entries(scripts).filter(([name]) => names.has(name));
  return used.length === 0 ? {} : { scripts: Object.fromEntries(used) };
}

interface Everything extends Scope {
  readonly own: readonly Resource[];
  readonly all: Graph;
  readonly model: Model;
  readonly present: LoweredBy;
}

/** What the committed plan says to all that the host has, whatever the targets are. */
function recallAll({ committed, host, hostOf, own, all, model, present }: Everything): Recalled | undefined {
  const plan = committed?.(host);
  if (committed === undefined || plan === undefined) return undefined;
  const everyone = turns(own, all).filter(isGuest);
  const elsewhere = [...model.resources.values()].filter(isGuest).flatMap((guest) => {
    const other = hostOf(guest);
    if (other === undefined || other === host) return [];
    return [
      { kind: guest.kind, name: guest.name, source: guest.headSpan, host: other, node: nodeOf(model, other) ?? other },
    ];
  });
  return recall(committed, plan.value, {
    host,
    node: nodeOf(model, host) ?? host,
    guests: everyone.map((guest) => planGuest(guest, all, model)),
    steps: own.flatMap((resource) => present.get(resource.address)?.steps ?? []),
    model,
    elsewhere,
  });
}

/** With what is to be taken back, for the guests that have any of it. */
function relowered(
  present: LoweredBy,
  { retired }: Recalled,
  model: Model,
  kinds: ReadonlyMap<string, KindSpec>,
): LoweredBy {
  const changed = [...retired.keys()].flatMap((address) => model.resources.get(address) ?? []);
  return new Map([...present, ...lowerAll(changed, model, kinds, retired)]);
}

type LoweredBy = ReadonlyMap<Address, Lowered>;

function lowerAll(
  resources: readonly Resource[],
  model: Model,
  kinds: ReadonlyMap<string, KindSpec>,
  retired: ReadonlyMap<Address, RetiredGuest> = new Map(),
): LoweredBy {
  const get = (address: string): Resource | undefined => model.resources.get(address);
  return new Map(
    resources.flatMap((resource) => {
      const lower = kinds.get(resource.kind)?.lower;
      const gone = retired.get(resource.address);
      const context = { model, get, ...(gone === undefined ? {} : { retired: gone }) };
      return lower === undefined ? [] : [[resource.address, lower(resource, context)] as const];
    }),
  );
}

/** Without what the host's own block sets: a plan for some targets only needs the host to be of the right release. */
function withoutSettings(lowered: LoweredBy, host: Address): LoweredBy {
  const own = lowered.get(host);
  if (own === undefined) return lowered;
  const requirements = own.requirements.filter(({ kind }) => kind === "version");
  return new Map([...lowered, [host, { ...own, steps: [], requirements }]]);
}

function requirementsOf(resource: Resource, lowered: LoweredBy): readonly Requirement[] {
  return lowered.get(resource.address)?.requirements ?? [];
}

/** The scripts of all steps, by name. */
function scriptsOf(ordered: readonly Resource[], lowered: LoweredBy): Pick<Plan, "scripts"> {
  const all = ordered.flatMap((resource) => Object.entries(lowered.get(resource.address)?.scripts ?? {}));
  const sorted = all.toSorted(([a], [b]) => compareText(a, b));
  return all.length === 0 ? {} : { scripts: Object.fromEntries(sorted) };
}

/**
 * Each resource's steps in one piece, by phase; each step requires the one before it, the first what its resource needs. What
 * the host's own block sets stands before all others, and none of them has to wait for it.
 */
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
    if (resource.kind !== "host") last.set(resource.address, before);
    return linked;
  });
}

function phaseIndex(step: Step): number {
  return PHASES.indexOf(step.phase);
}

function planGuest(guest: Resource, graph: Graph, model: Model, recalled?: Recalled): PlanGuest {
  const needs = nearestGuests(guest.address, graph, model);
  const formerNames = recalled?.retired.get(guest.address)?.names ?? [];
  return {
    ...guestRef(guest),
    address: guest.address,
    needs,
    ...(formerNames.length === 0 ? {} : { formerNames }),
    source: guest.headSpan,
  };
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

function nodeOf(model: Model, host: string): string | undefined {
  const resource = model.resources.get(`host.${host}`);
  return resource === undefined ? undefined : stringOf(resource, "node");
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
