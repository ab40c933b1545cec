import { quote } from "../../emitters/bash/shell-word.js";
import type { Argv, Plan, Requirement, Step } from "../../model/plan.js";
import type { Edge, Model, Resource, Section, Setting } from "../../model/resource.js";
import type { Span } from "../../text/source.js";
import type { Subject } from "./subject.js";
import { hidden } from "./values.js";

/** A step that would be another one without the subject. */
export interface EffectStep {
  readonly id: string;
  readonly title: string;
  /**
   * What is another one: its commands, only what it compares, or the work that the script does without a command (a file that it
   * writes, a port that it asks).
   */
  readonly change: "commands" | "comparison" | "script";
  /** Of the commands the parts that follow from the subject. */
  readonly commands: readonly string[];
}

/** What of a plan follows from a subject. */
export interface Effect {
  readonly steps: readonly EffectStep[];
  /** What is asked of the host before anything is touched: `storage tank-guests`. */
  readonly requirements: readonly string[];
  /** The guests that come before its own because of it, by address. */
  readonly after: readonly string[];
}

/** The model without the subject. */
export function without(model: Model, subject: Subject): Model {
  const [resource, ...inner] = subject.path;
  const spans = spansOf(subject);
  const requires = subject.resource.requires.filter(({ span }) => !spans.some((outer) => holds(outer, span)));
  const changed: Resource = { ...subject.resource, ...removed(resource, inner, subject), requires };
  return { ...model, resources: new Map(model.resources).set(changed.address, changed) };
}

function removed(section: Section, [next, ...rest]: readonly Section[], subject: Subject): Section {
  if (next === undefined) {
    const settings = new Map(section.settings);
    settings.delete(subject.attribute?.name ?? "");
    return { ...section, settings };
  }
  const isLast = rest.length === 0 && subject.attribute === undefined;
  const sections = section.sections.flatMap((inner) => {
    if (inner !== next) return [inner];
    return isLast ? [] : [removed(inner, rest, subject)];
  });
  return { ...section, sections };
}

/** Where the subject stands: its value and what lies below, or the block. */
function spansOf({ path, attribute }: Subject): readonly Span[] {
  const section = path.at(-1) ?? path[0];
  if (attribute === undefined) return [section.span];
  const setting: Setting | undefined = section.settings.get(attribute.name);
  return setting === undefined ? [] : [setting.span, ...(setting.layers ?? []).map(({ span }) => span)];
}

function holds(outer: Span, { file, start, end }: Edge["span"]): boolean {
  return outer.file === file && outer.start <= start && end <= outer.end;
}

/** What is in a plan and not in the one that was made without the subject. */
export function effectOf(plan: Plan, other: Plan): Effect {
  const before = new Map(other.steps.map((step) => [step.id, step]));
  const steps = plan.steps.flatMap((step) => {
    const counterpart = before.get(step.id);
    if (counterpart !== undefined && contentOf(counterpart) === contentOf(step)) return [];
    return [effectStep(step, counterpart)];
  });
  const known = new Set(other.requirements.map(requirementText));
  const requirements = plan.requirements.map(requirementText).filter((text) => !known.has(text));
  const needs = new Map(other.guests.map((guest) => [guest.address, guest.needs]));
  const after = plan.guests.flatMap((guest) => {
    const rest = needs.get(guest.address);
    return rest === undefined ? [] : guest.needs.filter((address) => !rest.includes(address));
  });
  return { steps, requirements: [...new Set(requirements)], after: [...new Set(after)] };
}

/** All steps of a resource, whole. */
export function stepsOf(plan: Plan, address: string): readonly EffectStep[] {
  return plan.steps.filter(({ resource }) => resource === address).map((step) => effectStep(step, undefined));
}

/** Without the places and the order, which a step has of others. */
function contentOf({ probe, commands, title, risk }: Step): string {
  return JSON.stringify({ probe, commands, title, risk }, (key, value: unknown) => (key === "source" ? "" : value));
}

function effectStep({ id, title, commands }: Step, counterpart: Step | undefined): EffectStep {
  const changed = commands.filter((argv) => !(counterpart?.commands ?? []).some((other) => isSame(argv, other)));
  const change = changed.length > 0 ? "commands" : commands.length > 0 ? "comparison" : "script";
  return { id, title, change, commands: changed.map((argv) => hidden(excerpt(argv, counterpart?.commands ?? []))) };
}

function isSame(a: Argv, b: Argv): boolean {
  return a.length === b.length && a.every((word, index) => word === b[index]);
}

/** A word that stands alone, or an option with its value. */
type Unit = readonly string[];

/** `pct set 801 --memory 16384`: of the options only those that the counterpart of the command has not. */
function excerpt(argv: Argv, others: readonly Argv[]): string {
  const own = unitsOf(argv);
  const bare = (units: readonly Unit[]): string => JSON.stringify(units.filter(([word = ""]) => !word.startsWith("-")));
  const counterpart = others.map(unitsOf).find((units) => bare(units) === bare(own));
  const known = new Set((counterpart ?? []).map((unit) => JSON.stringify(unit)));
  const kept = own.filter((unit) => unit[0]?.startsWith("-") !== true || !known.has(JSON.stringify(unit)));
  return kept.flat().map(wordText).join(" ");
}

function unitsOf(argv: Argv): readonly Unit[] {
  const units: Unit[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? "";
    const value = argv[at + 1];
    const takes = word.startsWith("-") && value !== undefined && !value.startsWith("-");
    units.push(takes ? [word, value] : [word]);
    if (takes) at++;
  }
  return units;
}

function wordText(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : quote(word);
}

/** What it is and what it is about, without the advice. */
function requirementText({ blocks: _blocks, source: _source, ...rest }: Requirement): string {
  const words = Object.entries(rest).flatMap(([key, value]): readonly string[] => {
    if (key === "hint") return [];
    if (typeof value === "string" || typeof value === "number") return [String(value)];
    if (Array.isArray(value)) return value.map(String);
    return typeof value === "object" && "name" in value ? [value.name] : [];
  });
  return words.join(" ");
}
