import type { Value } from "../model/resource.js";
import type { OptionType } from "../plugin-api/index.js";
import type { Diagnostic, Extra } from "../diagnostics/diagnostic.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import {
  literalSecret,
  notAChoice,
  rangeOrder,
  repeatedElement,
  secretElsewhere,
  wrongType,
} from "../diagnostics/catalogue/semantics.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import { parseIp } from "../text/ip.js";
import type { Context, Scope } from "./context.js";
import { convertNumber, convertQuantity } from "./convert-number.js";
import { convertIp, convertCidr, convertPattern, convertPath, convertString } from "./convert-text.js";
import { describe, plainText } from "./datum.js";
import type { Datum } from "./datum.js";
import { accept, close } from "./outcome.js";
import type { Attempt, Outcome } from "./outcome.js";
import { ambiguity, convertRef } from "./references.js";
import { replacement, reportGlued } from "./words.js";
import { parseDuration, parseSize } from "./units.js";
import { ERROR, describeType, text } from "./values.js";

/** The value that a datum is for an attribute of a type; what does not fit is reported and becomes an error value. */
export function convert(ctx: Context, datum: Datum, type: OptionType, name: string, scope: Scope): Value {
  const outcome = tryConvert(ctx, datum, type, name);
  if (outcome.ok) return outcome.value;
  if (!reportGlued(ctx, datum, scope)) ctx.findings.push(...outcome.findings);
  return ERROR;
}

/** As {@link convert}, leaving the findings to the caller. */
export function tryConvert(ctx: Context, datum: Datum, type: OptionType, name: string): Outcome {
  return attempt(ctx, datum, type, name) ?? mismatch(ctx, datum, type, name);
}

function attempt(ctx: Context, datum: Datum, type: OptionType, name: string): Attempt {
  if (datum.type === "error") return { ok: true, value: ERROR };
  const twofold = datum.via === undefined ? undefined : ambiguity(ctx, datum, type);
  if (twofold !== undefined) return { ok: false, isClose: true, findings: [twofold] };
  if (datum.type === "secret") return convertSecret(datum, type, name);
  return convertByType(ctx, datum, type, name);
}

function convertSecret(datum: Extract<Datum, { type: "secret" }>, type: OptionType, name: string): Outcome {
  const takes = type.type === "secret" || (type.type === "union" && type.of.some((inner) => inner.type === "secret"));
  if (takes) return accept({ type: "secret", source: datum.source });
  return close(diagnose(secretElsewhere, datum.span, { name: `\`${name}\`` }));
}

function convertByType(ctx: Context, datum: Datum, type: OptionType, name: string): Attempt {
  switch (type.type) {
    case "bool":
      return datum.type === "bool" ? accept(datum) : undefined;
    case "int":
    case "number":
      return convertNumber(datum, type, name);
    case "size":
    case "duration":
      return convertQuantity(datum, type, name);
    case "string":
      return convertString(datum, type, name);
    case "enum":
      return convertEnum(datum, type, name);
    case "ip":
      return convertIp(datum, type, name);
    case "cidr":
      return convertCidr(datum, type, name);
    case "mac":
    case "pci":
    case "ownership":
      return convertPattern(datum, type, name);
    case "path":
      return convertPath(datum, type, name);
    case "range":
      return convertRange(ctx, datum, type, name);
    case "list":
      return convertList(ctx, datum, type, name);
    case "map":
      return convertMap(ctx, datum, type.of, name);
    case "ref":
      return convertRef(ctx, datum, type, name);
    case "secret":
      return refuseLiteral(datum, name);
    case "union":
      return convertUnion(ctx, datum, type.of, name);
  }
}

/** Points at the whole value, and never repeats it. */
function refuseLiteral(datum: Datum, name: string): Attempt {
  return datum.type === "absent" ? undefined : close(diagnose(literalSecret, datum.span, { name }, { secrets: [] }));
}

function mismatch(ctx: Context, datum: Datum, type: OptionType, name: string): Outcome {
  const args = { name, expected: describeType(type), found: describe(datum) };
  const hint = mismatchHint(ctx, datum, type);
  return { ok: false, isClose: false, findings: [diagnose(wrongType, datum.span, args, hint)] };
}

/** Habits from other languages, with their certain fixes. */
function mismatchHint(ctx: Context, datum: Datum, type: OptionType): Extra {
  const written = datum.span.file.text.slice(datum.span.start, datum.span.end);
  const content = datum.type === "text" ? datum.value : undefined;
  if (content !== undefined && written === `"${content}"` && isBareFor(content, type)) {
    return { help: "write it without quotes", fix: replacement(content, datum.span) };
  }
  const bare = datum.via === undefined ? bareForm(ctx, written, datum, type) : undefined;
  if (bare !== undefined) return { fix: replacement(bare, datum.span) };
  if (content === "null" && written === content) {
    return { help: "there is no null: write `absent` to remove the option, or leave the attribute out" };
  }
  if (type.type === "string" && datum.type === "bool") return { fix: replacement(`"${datum.value}"`, datum.span) };
  if (type.type === "int" && content !== undefined && /^0\d+$/.test(content))
    return { help: "a number has no leading zeros" };
  if (type.type === "list" && datum.type !== "list" && datum.type !== "absent" && written !== "") {
    const isMore = /^[ \t]*,[ \t]*[\w"]+[ \t]*(?:[\r\n,]|$)/.test(datum.span.file.text.slice(datum.span.end));
    const fits = datum.via === undefined && tryConvert(ctx, datum, type.of, "").ok && !/[\r\n]/.test(written);
    const help = `a list stands in brackets: [${written.split("\n", 1)[0]}${isMore ? ", ..." : ""}]`;
    if (isMore) return { help };
    return fits ? { help, fix: replacement(`[${written}]`, datum.span) } : { help };
  }
  if (datum.type === "absent") return { help: "`absent` is the whole value of an attribute" };
  return {};
}

/** The same value in the form of this language: `on`, `1`, `"8 GB"`, `10.0.0.5-10.0.0.9`. Undefined where it is not certain. */
function bareForm(ctx: Context, written: string, datum: Datum, type: OptionType): string | undefined {
  const content = written.replace(/^"(.*)"$/, "$1");
  switch (type.type) {
    case "bool":
      if (/^(yes|on|1|true|enabled?)$/i.test(content)) return "true";
      return /^(no|off|0|false|disabled?)$/i.test(content) ? "false" : undefined;
    case "size": {
      const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([kmgt])(?:i?b)?$/i.exec(content) ?? [];
      const meant = `${number}${unit?.toUpperCase()}iB`;
      return parseSize(meant) === undefined ? undefined : meant;
    }
    case "ownership":
      return content === "root" ? "0:0" : undefined;
    case "range": {
      const [, from, to] = /^([\d.]+)\s*-\s*([\d.]+)$/.exec(content) ?? [];
      const range: Datum = { type: "text", form: "string", value: `${from}..${to}`, span: datum.span };
      return from !== undefined && tryConvert(ctx, range, type, "").ok ? `${from}..${to}` : undefined;
    }
    default:
      return undefined;
  }
}

/** Whether text in quotes would fit without them. */
function isBareFor(content: string, type: OptionType): boolean {
  switch (type.type) {
    case "bool":
      return content === "true" || content === "false";
    case "int":
      return /^(0|[1-9]\d*)$/.test(content);
    case "number":
      return /^(0|[1-9]\d*)(\.\d+)?$/.test(content);
    case "size":
      return parseSize(content) !== undefined;
    case "duration":
      return parseDuration(content) !== undefined;
    default:
      return false;
  }
}

type EnumType = Extract<OptionType, { type: "enum" }>;

function convertEnum(datum: Datum, { values, instead }: EnumType, name: string): Attempt {
  const word = datum.type === "resource" ? undefined : plainText(datum);
  if (word === undefined) return undefined;
  if (values.includes(word)) return accept(text(word));
  if (datum.type !== "text") return undefined;
  const key = word.toLowerCase();
  const known = instead !== undefined && Object.hasOwn(instead, key) ? instead[key] : undefined;
  const suggested = known === undefined ? didYouMean(word, values) : known === "" ? undefined : known;
  const fix = suggested === undefined ? {} : { fix: replacement(suggested, datum.span) };
  return close(diagnose(notAChoice, datum.span, { name, found: word, values, suggested }, fix));
}

type RangeType = Extract<OptionType, { type: "range" }>;

function convertRange(ctx: Context, datum: Datum, type: RangeType, name: string): Attempt {
  if (datum.type === "text") return textRange(ctx, datum, type, name);
  if (datum.type !== "range") return undefined;
  const ends = [datum.from, datum.to].map((end) => tryConvert(ctx, end, { type: type.of }, name));
  const failed = ends.find((end) => !end.ok);
  if (failed !== undefined) return failed;
  if (isDescending(datum.from, datum.to)) {
    const [first, last] = [datum.from, datum.to].map((end) => plainText(end) ?? "");
    return close(diagnose(rangeOrder, datum.span, { name, first: first ?? "", last: last ?? "" }));
  }
  return accept({ type: "list", items: ends.flatMap((end) => (end.ok ? [end.value] : [])), range: true });
}

/** `"10.0.0.1..10.0.0.9"`: JSON has no ranges. */
function textRange(ctx: Context, datum: Datum, type: RangeType, name: string): Attempt {
  const written = plainText(datum) ?? "";
  const match = written.includes("..") ? /^([^.]+(?:\.[^.]+)*?)\.\.(.+)$/.exec(written) : null;
  const [, from, to] = match ?? [];
  if (from === undefined || to === undefined) return undefined;
  const end = (part: string): Datum =>
    type.of === "int" && /^\d+$/.test(part)
      ? { type: "number", value: Number(part), span: datum.span }
      : { type: "text", form: "string", value: part, span: datum.span };
  return convertRange(ctx, { type: "range", from: end(from), to: end(to), span: datum.span }, type, name);
}

function isDescending(from: Datum, to: Datum): boolean {
  if (from.type === "number" && to.type === "number") return from.value > to.value;
  const [first, last] = [from, to].map((end) => parseIp(plainText(end) ?? ""));
  return first !== undefined && last !== undefined && first.value > last.value;
}

type ListType = Extract<OptionType, { type: "list" }>;

function convertList(ctx: Context, datum: Datum, type: ListType, name: string): Attempt {
  if (datum.type !== "list") return undefined;
  const findings: Diagnostic[] = [];
  const items: Value[] = [];
  for (const item of datum.items) {
    const outcome = tryConvert(ctx, item, type.of, name);
    if (outcome.ok) items.push(outcome.value);
    else findings.push(...outcome.findings);
  }
  if (findings.length > 0) return { ok: false, isClose: true, findings };
  const repeated = type.unique === true ? repeatedItem(items) : undefined;
  const again = repeated === undefined ? undefined : datum.items[repeated];
  if (again !== undefined) return close(diagnose(repeatedElement, again.span, { name, found: describe(again) }));
  return accept({ type: "list", items });
}

/** The index of the first item that was there before. */
export function repeatedItem(items: readonly Value[]): number | undefined {
  const seen = new Set<string>();
  for (const [i, item] of items.entries()) {
    const key = JSON.stringify(item);
    if (seen.has(key) && item.type !== "error") return i;
    seen.add(key);
  }
  return undefined;
}

function convertMap(ctx: Context, datum: Datum, of: OptionType, name: string): Attempt {
  if (datum.type !== "map") return undefined;
  const findings: Diagnostic[] = [];
  const entries: [string, Value][] = [];
  for (const [key, item] of datum.entries) {
    const outcome = tryConvert(ctx, item, of, `${name}.${key}`);
    if (outcome.ok) entries.push([key, outcome.value]);
    else findings.push(...outcome.findings);
  }
  return findings.length > 0 ? { ok: false, isClose: true, findings } : accept({ type: "map", entries });
}

/** The first alternative that accepts; otherwise what the closest of them says. */
function convertUnion(ctx: Context, datum: Datum, of: readonly OptionType[], name: string): Attempt {
  let closest: Attempt;
  let isVague = true;
  for (const type of of) {
    const outcome = attempt(ctx, datum, type, name);
    if (outcome?.ok === true) return outcome;
    if (outcome?.isClose !== true || !isVague) continue;
    closest = outcome;
    // A word that is none of the choices says little, unless it resembles one of them.
    isVague = type.type === "enum" && outcome.findings.every((finding) => finding.fix === undefined);
  }
  return isVague ? undefined : closest;
}
