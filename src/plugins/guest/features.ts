import {
  argOf,
  cloneSource,
  diagnose,
  didYouMean,
  guestRef,
  sectionsOf,
  settingOf,
  stringsOf,
} from "../../plugin-api/index.js";
import { featureWithoutSystem } from "../image/findings-use.js";
import { isFromRegistry } from "../image/registry.js";
import type {
  Diagnostic,
  Feature,
  Features,
  LowerContext,
  Lowered,
  Model,
  Resource,
  Section,
  Span,
} from "../../plugin-api/index.js";
import { agentNeeds } from "./agent.js";
import {
  featureCycle,
  featureForOtherGuests,
  featureForOtherSystems,
  featuresNotInstalled,
  featureWithoutParameter,
  missingParameter,
  unknownFeature,
  unknownPrerequisite,
} from "./findings-features.js";
import { parametersOf } from "./parameters.js";
import { scriptSteps } from "./scripts.js";
import { joinLowered } from "./step.js";
import { systemOf } from "./system.js";
import { volumeClients, volumeSteps } from "./volumes.js";
import { featureText, workStep } from "./work.js";

/** A feature that the files ask for, or that one of these requires. */
interface Wanted {
  readonly name: string;
  /** The block with its parameters. */
  readonly section: Section | undefined;
  readonly span: Span;
}

/** Names in `features` that are attributes of containers; a warning of their own says so. */
const ATTRIBUTES: readonly string[] = ["nesting", "keyctl", "fuse", "mknod"];

/** Whether a word of `features` is an attribute of the guest in truth. */
export function isAttribute(guest: Resource, name: string): boolean {
  return guest.kind === "ct" && ATTRIBUTES.includes(name);
}

/** The work in a guest: its features in the order of what they require, then its scripts. */
export function workSteps(resource: Resource, context: LowerContext): Lowered {
  const { features } = context;
  if (features === undefined) return { steps: [], requirements: [] };
  const sorted = chosenFeatures(resource, context.model, features);
  const installed = sorted.features.map(({ wanted, feature }) => featureStep(resource, wanted, feature, context));
  const lowered = joinLowered([...installed, volumeSteps(resource, context), scriptSteps(resource, features)]);
  const found = [...sorted.findings, ...agentNeeds(resource, lowered.steps, context.model)];
  const tools = lowered.steps.length === 0 ? {} : { "feature tools": features.tools };
  return {
    ...lowered,
    scripts: { ...tools, ...lowered.scripts },
    diagnostics: [...found, ...(lowered.diagnostics ?? [])],
  };
}

/** The names of the features that a guest itself asks for, in the order written. */
export function featureNames(resource: Resource): readonly string[] {
  return wantedOf(resource).map(({ name }) => name);
}

/** With what the volumes need. */
function namesWithClients(resource: Resource): readonly string[] {
  return [...featureNames(resource), ...volumeClients(resource).map(({ name }) => name)];
}

function wantedOf(resource: Resource): readonly Wanted[] {
  const span = settingOf(resource, "features")?.span ?? resource.headSpan;
  const blocks = sectionsOf(resource, "feature").map((section) => {
    return { name: argOf(section, "name") ?? "", section, span: section.headSpan };
  });
  const listed = stringsOf(resource, "features").filter(
    (name) => !isAttribute(resource, name) && blocks.every((block) => block.name !== name),
  );
  return [...listed.map((name) => ({ name, section: undefined, span })), ...blocks];
}

interface Chosen {
  readonly wanted: Wanted;
  readonly feature: Feature;
}

interface Choice {
  readonly features: readonly Chosen[];
  readonly findings: readonly Diagnostic[];
}

/** The features with what they require and the guest's ancestors do not have, each after those that it requires. */
function chosenFeatures(resource: Resource, model: Model, features: Features): Choice {
  const inherited = withRequired(ancestors(resource, model).flatMap(namesWithClients), features);
  const asked = wantedOf(resource);
  const findings: Diagnostic[] = [];
  const chosen = new Map<string, Chosen>();
  const add = (wanted: Wanted, requiredBy?: string): void => {
    if (chosen.has(wanted.name)) return;
    const feature = features.get(wanted.name);
    if (feature === undefined) {
      findings.push(...missing(resource, wanted, features, requiredBy));
      return;
    }
    chosen.set(wanted.name, { wanted, feature });
    for (const name of feature.requires) {
      const own = asked.find((each) => each.name === name);
      if (own !== undefined) add(own);
      else if (!inherited.has(name)) add({ name, section: undefined, span: wanted.span }, wanted.name);
    }
  };
  for (const wanted of asked) add(wanted);
  for (const { name, volume } of volumeClients(resource)) {
    if (!inherited.has(name)) add({ name, section: undefined, span: volume.section.headSpan });
  }
  return inOrder(chosen, findings);
}

/** Features with all that they require. */
function withRequired(names: readonly string[], features: Features): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    open.push(...(features.get(name)?.requires ?? []));
  }
  return found;
}

/** What is missing may be known and unusable: then it has been reported where it is declared. */
function missing(
  resource: Resource,
  { name, span }: Wanted,
  { names }: Features,
  requiredBy: string | undefined,
): readonly Diagnostic[] {
  if (names.includes(name)) return [];
  if (requiredBy === undefined && isJson(span)) {
    return [diagnose(featuresNotInstalled, span, { features: [name], guests: [resource.name] })];
  }
  const meant = didYouMean(name, names);
  if (requiredBy !== undefined) return [diagnose(unknownPrerequisite, span, { name, requiredBy, meant })];
  return [diagnose(unknownFeature, span, { name, meant, known: names })];
}

/** A JSON configuration names what the scripts of the existing system install: what phxc does not have is left out. */
function isJson(span: Span): boolean {
  return span.file.path.endsWith(".json");
}

/** Depth first, in the order in which they were asked for; a circle is reported once, and cut. */
function inOrder(chosen: ReadonlyMap<string, Chosen>, findings: Diagnostic[]): Choice {
  const done = new Set<string>();
  const ordered: Chosen[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    const entry = chosen.get(name);
    if (entry === undefined || done.has(name)) return;
    if (path.includes(name)) {
      const chain = [...path.slice(path.indexOf(name)), name];
      if (chain.length > 1) findings.push(diagnose(featureCycle, entry.wanted.span, { chain }));
      return;
    }
    for (const before of [...entry.feature.requires, ...entry.feature.after]) visit(before, [...path, name]);
    if (done.has(name)) return;
    done.add(name);
    ordered.push(entry);
  };
  for (const name of chosen.keys()) visit(name, []);
  return { features: ordered, findings };
}

/** The guests that a guest is cloned from, the nearest first. */
function ancestors(resource: Resource, model: Model): readonly Resource[] {
  const found: Resource[] = [];
  for (let at = cloneSource(resource, model)?.resource; at !== undefined; at = cloneSource(at, model)?.resource) {
    if (found.includes(at)) break;
    found.push(at);
  }
  return found;
}

function featureStep(resource: Resource, wanted: Wanted, feature: Feature, { model }: LowerContext): Lowered {
  const guest = guestRef(resource);
  const system = systemOf(resource, model);
  const { name, families, guests } = feature;
  const label = `${guest.kind} ${guest.id} ${guest.name}`;
  if (!guests.includes(guest.kind)) {
    return refused(diagnose(featureForOtherGuests, wanted.span, { feature: name, guest: label, guests }));
  }
  if (system !== undefined && families.every((family) => family !== system)) {
    return refused(diagnose(featureForOtherSystems, wanted.span, { feature: name, guest: label, system, families }));
  }
  if (system === undefined && [resource, ...ancestors(resource, model)].some((at) => isFromRegistry(at, model))) {
    return refused(diagnose(featureWithoutSystem, wanted.span, { feature: name, guest: label }));
  }
  const { value: parameters, diagnostics } = parametersOf(resource, feature, wanted);
  if (diagnostics.some(({ code }) => code === missingParameter.code) && isJson(wanted.span)) {
    return refused(diagnose(featureWithoutParameter, wanted.span, { feature: name, guest: label }));
  }
  const text = featureText(feature);
  const step = workStep(resource, {
    ...{ name: `feature.${name}`, script: `feature ${name}`, text, source: feature.script, parameters },
    timeoutSeconds: feature.timeoutSeconds,
    asked: wanted.section,
  });
  return { steps: [step], requirements: [], scripts: { [`feature ${name}`]: text }, diagnostics };
}

function refused(finding: Diagnostic): Lowered {
  return { steps: [], requirements: [], diagnostics: [finding] };
}
