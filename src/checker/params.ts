import type { OptionType } from "../plugin-api/index.js";
import type { ParamItem, ParamType } from "../syntax/ast.js";
import { sourceFile, span } from "../text/source.js";
import type { Span } from "../text/source.js";
import { paramUnset, paramValue, unknownParam, unknownParamType } from "../diagnostics/catalogue/semantics.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import { isExcused, report } from "./context.js";
import type { Context, Scope } from "./context.js";
import { tryConvert } from "./convert.js";
import { boolDatum, describe, errorDatum, numberDatum, stringDatum } from "./datum.js";
import type { Datum } from "./datum.js";
import { replacement } from "./words.js";
import type { JsonValue, ParamSetting } from "./input.js";
import { declare, variableValue } from "./loops.js";
import { parseDuration, parseSize } from "./units.js";
import { describeType, fromValue } from "./values.js";

const SCALARS: Readonly<Record<string, OptionType>> = {
  string: { type: "string", multiline: true },
  int: { type: "int" },
  bool: { type: "bool" },
  size: { type: "size" },
  duration: { type: "duration" },
  ip: { type: "ip" },
  cidr: { type: "cidr", host: true },
};

/** Declares a param; its value is checked even when nothing uses it (see {@link checkParams}). */
export function declareParam(
  ctx: Context,
  item: ParamItem,
  scope: Scope,
  params: ReadonlyMap<string, ParamSetting>,
): void {
  declare(ctx, scope, item.name, "param", () => paramDatum(ctx, item, scope, params.get(item.name.text)));
}

/** Reports values for params that no file declares. */
export function checkParams(ctx: Context, params: ReadonlyMap<string, ParamSetting>): void {
  const declared = [...ctx.globals.bindings.values()].filter(({ variable }) => variable.what === "param");
  const names = declared.map(({ variable }) => variable.name);
  for (const [name, { origin, ambient }] of params) {
    if (names.includes(name) || isExcused(ctx, name)) continue;
    // A variable of the environment may belong to others, unless only its case is another.
    const twin = names.find((known) => known.toLowerCase() === name.toLowerCase() && !params.has(known));
    if (ambient === true && twin === undefined) continue;
    const suggested = twin ?? didYouMean(name, names);
    const at = span(sourceFile("command line", name), 0, name.length);
    const help = suggested === undefined ? {} : { help: `the params are ${names.join(", ")}; their case counts` };
    report(ctx, unknownParam, at, { name, origin, suggested }, help);
  }
}

function paramDatum(ctx: Context, item: ParamItem, scope: Scope, setting: ParamSetting | undefined): Datum {
  const at = item.name.span;
  const type = item.paramType === undefined ? undefined : typeOf(ctx, item.paramType);
  if (type === "unknown") return errorDatum(at);
  if (setting !== undefined) return fitted(ctx, item, outsideDatum(setting, type, at), type, setting.origin);
  if (item.value === undefined) {
    report(ctx, paramUnset, at, { name: item.name.text });
    return errorDatum(at);
  }
  return fitted(ctx, item, variableValue(ctx, item.value, scope, `param \`${item.name.text}\``), type);
}

/** The value in the form of the declared type. */
function fitted(ctx: Context, item: ParamItem, datum: Datum, type: OptionType | undefined, origin?: string): Datum {
  if (type === undefined || datum.type === "error") return datum;
  const { via: _, ...plain } = datum;
  const outcome = tryConvert(ctx, plain, type, item.name.text);
  if (outcome.ok) return datum.type === "text" && datum.isFile === true ? datum : fromValue(outcome.value, datum.span);
  const args = { name: item.name.text, expected: describeType(type), found: describe(datum), origin };
  report(ctx, paramValue, datum.span, args);
  return errorDatum(datum.span);
}

function typeOf(ctx: Context, written: ParamType): OptionType | "unknown" {
  const scalar = Object.hasOwn(SCALARS, written.name) ? SCALARS[written.name] : undefined;
  if (scalar !== undefined && written.of === undefined) return scalar;
  if ((written.name === "list" || written.name === "map") && written.of !== undefined) {
    const of = typeOf(ctx, written.of);
    if (of === "unknown") return of;
    return written.name === "list" ? { type: "list", of } : { type: "map", of };
  }
  const name = written.of === undefined ? written.name : `${written.name}(...)`;
  const suggested = didYouMean(written.name, [...Object.keys(SCALARS), "list", "map"]);
  const fix = suggested === undefined ? {} : { fix: replacement(suggested, written.span) };
  report(ctx, unknownParamType, written.span, { name, suggested }, fix);
  return "unknown";
}

function outsideDatum(setting: ParamSetting, type: OptionType | undefined, at: Span): Datum {
  return "text" in setting ? textDatum(setting.text, type, at) : jsonDatum(setting.json, type, at);
}

/** Text from the command line or the environment, read as the type wants it; lists are JSON or words between commas. */
function textDatum(text: string, type: OptionType | undefined, at: Span): Datum {
  if (type?.type === "list" || type?.type === "map") {
    const json = parseJson(text);
    if (json !== undefined) return jsonDatum(json, type, at);
    if (type.type === "map") return stringDatum(text, at);
    const parts = text === "" ? [] : text.split(",");
    return { type: "list", items: parts.map((part) => textDatum(part.trim(), type.of, at)), span: at };
  }
  return scalarDatum(text, type, at) ?? stringDatum(text, at);
}

function scalarDatum(text: string, type: OptionType | undefined, at: Span): Datum | undefined {
  switch (type?.type) {
    case "int":
      return /^-?(0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(Number(text))
        ? numberDatum(Number(text), at)
        : undefined;
    case "bool":
      return text === "true" || text === "false" ? boolDatum(text === "true", at) : undefined;
    case "size":
      return quantity("size", parseSize(text), at);
    case "duration":
      return quantity("duration", parseDuration(text), at);
    default:
      return undefined;
  }
}

function quantity(type: "size" | "duration", value: number | undefined, span: Span): Datum | undefined {
  return value === undefined || !Number.isSafeInteger(value) ? undefined : { type, value, span };
}

/** Only arrays and objects: everything else is the text itself. */
function parseJson(text: string): JsonValue | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

function jsonDatum(json: JsonValue, type: OptionType | undefined, at: Span): Datum {
  const of = type?.type === "list" || type?.type === "map" ? type.of : undefined;
  if (typeof json === "string") return textDatum(json, type, at);
  if (typeof json === "number") return numberDatum(json, at);
  if (typeof json === "boolean") return boolDatum(json, at);
  if (json === null) return { type: "absent", span: at };
  if (isArray(json)) return { type: "list", items: json.map((item) => jsonDatum(item, of, at)), span: at };
  const entries = Object.entries(json).map(([key, item]) => [key, jsonDatum(item, of, at)] as const);
  return { type: "map", entries: new Map(entries), span: at };
}

function isArray(json: JsonValue): json is readonly JsonValue[] {
  return Array.isArray(json);
}
