import type { Plan } from "../../model/plan.js";
import type { Model, Section, Setting, SettingLayer, Value } from "../../model/resource.js";
import type { ArgSpec, KindSpec } from "../../plugin-api/index.js";
import { position, type Span } from "../../text/source.js";
import { type Effect, effectOf, stepsOf, without } from "./effect.js";
import { findSubject, type NotFound, type Subject } from "./subject.js";
import { shownValue } from "./values.js";

export type { Effect, EffectStep } from "./effect.js";
export type { NotFound } from "./subject.js";

/** Where something stands, relative to the project's root. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What one place says of an attribute. */
export interface LayerText extends Place {
  /** The profile that it stands in; none for a block or a file. */
  readonly profile?: string;
  /** The operating system whose preset says it; the place is where that is named. */
  readonly preset?: string;
  readonly operator: "=" | "+=";
  readonly value: string;
  /** Whether it is a part of the value that counts. */
  readonly counts: boolean;
}

/** An attribute, and every place that says something of it; or a block that has no attributes, as most rules of a firewall. */
export interface Entry {
  /** From the subject on: `memory`, `net.lan.ip`. */
  readonly name: string;
  /** Of a block, where it stands. */
  readonly block?: Place;
  /** Undefined where nothing sets it. */
  readonly value?: string;
  readonly doc?: string;
  /** Whose it is in the lock file, where it was left to phxc. */
  readonly drawn?: string;
  /** Lowest first. */
  readonly layers: readonly LayerText[];
}

/** Why a plan is as it is, as far as one subject is concerned. */
export interface Explanation {
  /** As it can be written again. */
  readonly subject: string;
  readonly address: string;
  /** One for an attribute; all that are set for a block or a resource. */
  readonly entries: readonly Entry[];
  /** Undefined where there is no plan. */
  readonly effect?: Effect;
}

/** What explaining needs of a compilation. */
export interface Explainable {
  readonly model: Model;
  readonly kinds: ReadonlyMap<string, KindSpec>;
  readonly plan?: Plan;
  /** The plan that another model would give under the same circumstances. */
  readonly replan?: (model: Model) => Plan;
}

/**
 * Says where a value comes from and what of the plan follows from it. The latter is found by planning once more without it: what
 * is another step then, follows from it, whatever kind it is of.
 */
export function explain(words: string, compilation: Explainable): Explanation | NotFound {
  const { model, kinds, plan, replan } = compilation;
  const subject = findSubject(words, model, kinds);
  if ("problem" in subject) return subject;
  const { resource, attribute, path, label } = subject;
  const base = { subject: label, address: resource.address, entries: entriesOf(subject) };
  if (plan === undefined || replan === undefined) return base;
  if (attribute === undefined && path.length === 1) {
    return { ...base, effect: { steps: stepsOf(plan, resource.address), requirements: [], after: [] } };
  }
  return { ...base, effect: effectOf(plan, replan(without(model, subject))) };
}

function entriesOf({ path, attribute, argument, resource }: Subject): readonly Entry[] {
  const section = path.at(-1) ?? path[0];
  if (argument !== undefined) return [argumentEntry(section, argument, path.length === 1 ? resource.drawn : undefined)];
  if (attribute === undefined) return allEntries(section, "");
  const { name, option } = attribute;
  const setting = section.settings.get(name);
  const gone = section.takenAway?.get(name) ?? [];
  const entry = setting === undefined ? { name, layers: layerTexts(name, gone) } : entryOf(name, setting);
  return [{ ...entry, doc: option.doc }];
}

/** Only ids are drawn among arguments; where they are, the place has the word for it. */
function argumentEntry(section: Section, { name, doc, draw }: ArgSpec, drawn: string | undefined): Entry {
  const value = section.args.get(name);
  const at = section.argSpans.get(name) ?? section.headSpan;
  const shown = value === undefined ? "" : shownValue(name, value);
  const isDrawn = drawn !== undefined && draw !== undefined;
  const said = isDrawn ? at.file.text.slice(at.start, at.end) : shown;
  const layers = [{ ...placeOf(at), operator: "=", value: said, counts: true } as const];
  return { name, value: shown, doc, ...(isDrawn ? { drawn } : {}), layers };
}

function allEntries(section: Section, prefix: string): readonly Entry[] {
  const own = [...section.settings.values()].map((setting) => entryOf(`${prefix}${setting.name}`, setting));
  const inner = section.sections.flatMap((block) => {
    const name = `${prefix}${blockName(block)}`;
    const entries = allEntries(block, `${name}.`);
    return entries.length === 0 ? [{ name, block: placeOf(block.headSpan), layers: [] }] : entries;
  });
  return [...own, ...inner];
}

function blockName({ kind, args }: Section): string {
  return [kind, ...[...args.values()].flatMap(argumentText)].join(".");
}

function argumentText(value: Value): readonly string[] {
  if (value.type === "list") return value.items.flatMap(argumentText);
  if (value.type === "ref") return [value.text];
  return value.type === "string" || value.type === "number" ? [String(value.value)] : [];
}

function entryOf(name: string, setting: Setting): Entry {
  const { value, span } = setting;
  const alone: SettingLayer = { operator: "=", value, span };
  return {
    name,
    value: shownValue(setting.name, value),
    ...(setting.drawn === undefined ? {} : { drawn: setting.drawn }),
    layers: layerTexts(setting.name, setting.layers ?? [alone]),
  };
}

/** From the last that does not append on, they count. */
function layerTexts(name: string, layers: readonly SettingLayer[]): readonly LayerText[] {
  const last = layers.findLastIndex(({ operator }) => operator === "=");
  return layers.map((layer, index) => layerText(name, layer, index >= last));
}

function layerText(name: string, { profile, preset, operator, value, span }: SettingLayer, counts: boolean): LayerText {
  return {
    ...placeOf(span),
    ...(profile === undefined ? {} : { profile }),
    ...(preset === undefined ? {} : { preset }),
    operator,
    value: shownValue(name, value),
    counts,
  };
}

function placeOf({ file, start }: Span): Place {
  return { file: file.path, ...position(file, start) };
}
