import type { OptionType } from "../plugin-api/index.js";
import {
  ambiguousReference,
  ambiguousWord,
  badText,
  unknownReference,
  wrongKind,
} from "../diagnostics/catalogue/semantics.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import { isExcused } from "./context.js";
import type { Context, ResourceNode } from "./context.js";
import { anchored, shortened } from "./convert-text.js";
import { plainText } from "./datum.js";
import type { Datum } from "./datum.js";
import { replacement } from "./words.js";
import type { Value } from "../model/resource.js";
import type { Outcome } from "./outcome.js";
import { ERROR, text } from "./values.js";

type RefType = Extract<OptionType, { type: "ref" }>;

/** A name or id as a reference to a declared thing of one of the kinds. */
export function convertRef(ctx: Context, datum: Datum, type: RefType, name: string): Outcome | undefined {
  if (datum.type === "resource") return resourceRef(ctx, datum, type, name);
  const written = isNaming(datum) ? plainText(datum) : undefined;
  if (written === undefined) return undefined;
  const [first, second] = candidates(ctx, written, type.kinds);
  if (first !== undefined && second !== undefined) {
    const related = [first, second].map((node) => ({ span: node.headSpan, message: node.address }));
    const args = { name: written, first: qualified(first), second: qualified(second) };
    return { ok: false, isClose: true, findings: [diagnose(ambiguousReference, datum.span, args, { related })] };
  }
  if (first !== undefined) return { ok: true, value: refTo(type, first.address, written) };
  if (type.loose === true || isLooseName(written, type.loose)) return { ok: true, value: text(written) };
  if (typeof type.loose === "object") {
    const problem = `takes ${type.loose.describe}, not "${shortened(written)}"`;
    return { ok: false, isClose: true, findings: [diagnose(badText, datum.span, { name, problem })] };
  }
  // A thing of another kind has the name: that is certain, whatever else could not be read.
  if (ctx.byText.has(written))
    return { ok: false, isClose: true, findings: [unknown(ctx, datum, written, type, name)] };
  const isUnnamed = type.kinds.some((kind) => ctx.unnamed.has(kind));
  if (isUnnamed || isExcused(ctx, written)) return { ok: true, value: ERROR };
  return { ok: false, isClose: true, findings: [unknown(ctx, datum, written, type, name)] };
}

function refTo({ mention }: RefType, address: string, written: string): Value {
  const ref = { type: "ref", address, text: written } as const;
  return mention === true ? { ...ref, mention } : ref;
}

function isLooseName(written: string, loose: RefType["loose"]): boolean {
  return typeof loose === "object" && anchored(loose.pattern).test(written);
}

/** A thing as the files may name it without doubt. */
export function qualified(node: ResourceNode): string {
  return `${node.keyword}.${node.name}`;
}

function isNaming(datum: Datum): boolean {
  return datum.type === "text" || (datum.type === "number" && Number.isInteger(datum.value));
}

function resourceRef(
  ctx: Context,
  datum: Extract<Datum, { type: "resource" }>,
  type: RefType,
  name: string,
): Outcome | undefined {
  const node = ctx.byAddress.get(datum.address);
  if (node === undefined) return { ok: true, value: ERROR };
  if (type.kinds.includes(node.keyword)) {
    return { ok: true, value: refTo(type, datum.address, datum.name) };
  }
  const args = { attribute: name, name: datum.name, kind: node.keyword, kinds: type.kinds };
  return { ok: false, isClose: true, findings: [diagnose(wrongKind, datum.span, args)] };
}

/** Declared things of these kinds with this name or id. */
export function candidates(ctx: Context, written: string, kinds: readonly string[]): readonly ResourceNode[] {
  return (ctx.byText.get(written) ?? []).filter((node) => kinds.includes(node.keyword) && !node.isSpurious);
}

function unknown(ctx: Context, datum: Datum, written: string, type: RefType, name: string): Diagnostic {
  const other = (ctx.byText.get(written) ?? [])[0];
  if (other !== undefined) {
    const args = { attribute: name, name: written, kind: other.keyword, kinds: type.kinds };
    return diagnose(wrongKind, datum.span, args, { related: [{ span: other.headSpan, message: other.address }] });
  }
  const suggested = suggestedName(ctx, written, type.kinds);
  const extra =
    suggested === undefined
      ? { help: declaredNames(ctx, type.kinds, written) }
      : { fix: replacement(suggested, datum.span) };
  return diagnose(
    unknownReference,
    datum.span,
    { name: written, attribute: name, kinds: type.kinds, suggested },
    extra,
  );
}

/** Each costs a look at all names; after so many the files have a mistake of another sort. */
const mostSuggestions = 200;

/** The declared name that is meant; the same for the same words. */
function suggestedName(ctx: Context, written: string, kinds: readonly string[]): string | undefined {
  const key = JSON.stringify([written, kinds]);
  if (ctx.suggestions.has(key) || ctx.suggestions.size >= mostSuggestions) return ctx.suggestions.get(key);
  const names = ctx.nodes.filter((node) => kinds.includes(node.keyword)).map((node) => node.name);
  const suggested = didYouMean(written, names);
  // While blocks are still being collected, there may be others later.
  if (ctx.state.areResourcesKnown) ctx.suggestions.set(key, suggested);
  return suggested;
}

/** Which names there are; where there are none, how one is declared. */
export function declaredNames(ctx: Context, kinds: readonly string[], wanted: string): string {
  const names: string[] = [];
  for (const node of ctx.nodes) {
    if (kinds.includes(node.keyword) && !node.isSpurious) names.push(node.name);
    if (names.length > 12) break;
  }
  const shown = names.length > 12 ? [...names.slice(0, 12), "..."] : names;
  if (names.length === 1) return `only \`${shown[0]}\` is declared`;
  if (names.length > 0) return `declared are ${shown.join(", ")}`;
  const [kind = ""] = kinds;
  const form = [kind, ...(ctx.kinds.get(kind)?.identity.id === undefined ? [] : ["ID"]), wanted].join(" ");
  return `declare it with a block of its own: \`${form} { ... }\``;
}

/** A variable whose name also is a word that the type takes: the finding that says which two things it could be. */
export function ambiguity(ctx: Context, datum: Datum, type: OptionType): Diagnostic | undefined {
  const { via } = datum;
  if (via === undefined || plainText(datum) === via.name) return undefined;
  const other = otherMeaning(ctx, via.name, type);
  if (other === undefined) return undefined;
  const related = [
    { span: via.span, message: `the ${via.what}` },
    ...(other.node === undefined ? [] : [{ span: other.node.headSpan, message: other.node.address }]),
  ];
  const args = { name: via.name, variable: `the ${via.what} \`${via.name}\``, other: other.words };
  return diagnose(ambiguousWord, datum.span, args, { related });
}

interface Meaning {
  readonly words: string;
  readonly node?: ResourceNode;
}

function otherMeaning(ctx: Context, name: string, type: OptionType): Meaning | undefined {
  if (type.type === "union") {
    for (const inner of type.of) {
      const found = otherMeaning(ctx, name, inner);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (type.type === "enum") return type.values.includes(name) ? { words: `the value "${name}"` } : undefined;
  if (type.type !== "ref") return undefined;
  const [node] = candidates(ctx, name, type.kinds);
  return node === undefined ? undefined : { words: `\`${node.address}\``, node };
}
