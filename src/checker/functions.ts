import type { CallExpr } from "../syntax/ast.js";
import { describeFailure, sourceOf } from "../text/files.js";
import {
  environmentUnset,
  fileUnreadable,
  functionArguments,
  importOutside,
  tooLarge,
  unknownFunction,
} from "../diagnostics/catalogue/semantics.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import { formatIp, hostOf, parseCidr } from "../text/ip.js";
import { sha256 } from "../text/sha256.js";
import { report } from "./context.js";
import type { Context } from "./context.js";
import { MAX_TEXT, describe, errorDatum, literalDatum, plainText, stringDatum } from "./datum.js";
import type { Datum } from "./datum.js";
import { replacement } from "./words.js";
import { resolvePath } from "./paths.js";

/** A function of the language; `undefined` when the arguments do not fit, which `wrong` has reported. */
interface LanguageFunction {
  readonly usage: string;
  readonly min: number;
  readonly max: number;
  readonly apply: (call: Call) => Datum | undefined;
}

interface Call {
  readonly ctx: Context;
  readonly expr: CallExpr;
  readonly args: readonly Datum[];
  /** Reports what is wrong with an argument. */
  readonly wrong: (arg: Datum | undefined, problem: string) => undefined;
}

const FUNCTIONS: Readonly<Record<string, LanguageFunction>> = {
  file: { usage: "file(path)", min: 1, max: 1, apply: file },
  env: { usage: "env(name, default)", min: 1, max: 2, apply: env },
  pad: { usage: "pad(number, width)", min: 2, max: 2, apply: pad },
  join: { usage: "join(list, separator)", min: 1, max: 2, apply: join },
  fill: { usage: "fill(text, { NAME = value })", min: 2, max: 2, apply: fill },
  lower: { usage: "lower(text)", min: 1, max: 1, apply: lower },
  cidrhost: { usage: "cidrhost(net, number)", min: 2, max: 2, apply: cidrhost },
  sha256: { usage: "sha256(text)", min: 1, max: 1, apply: digest },
};

/** How the functions are called, by their names. */
export function functionUsages(): ReadonlyMap<string, string> {
  return new Map(Object.entries(FUNCTIONS).map(([name, { usage }]) => [name, usage]));
}

/** A call of any function but secret() and has(), whose arguments are no ordinary values. */
export function callFunction(ctx: Context, expr: CallExpr, args: readonly Datum[]): Datum {
  const { callee, span } = expr;
  const called = Object.hasOwn(FUNCTIONS, callee.text) ? FUNCTIONS[callee.text] : undefined;
  if (called === undefined) {
    const suggested = didYouMean(callee.text, [...Object.keys(FUNCTIONS), "has", "secret"]);
    const fix = suggested === undefined ? {} : { fix: replacement(suggested, callee.span) };
    report(ctx, unknownFunction, callee.span, { name: callee.text, suggested }, fix);
    return errorDatum(span);
  }
  if (args.some((arg) => arg.type === "error")) return errorDatum(span);
  if (args.length < called.min || args.length > called.max) {
    const wanted = called.min === called.max ? `${called.min}` : `${called.min} or ${called.max}`;
    const problem = `it takes ${wanted} argument${wanted === "1" ? "" : "s"}, not ${args.length}`;
    report(ctx, functionArguments, span, { usage: called.usage, problem });
    return errorDatum(span);
  }
  const wrong = (arg: Datum | undefined, problem: string): undefined => {
    report(ctx, functionArguments, arg?.span ?? span, { usage: called.usage, problem });
    return undefined;
  };
  return called.apply({ ctx, expr, args, wrong }) ?? errorDatum(span);
}

/** The text of an argument that has to be a string. */
function textArgument(call: Call, index: number, what: string): string | undefined {
  const arg = call.args[index];
  if (arg?.type === "text") return arg.value;
  return call.wrong(arg, `${what} is a string, not ${arg === undefined ? "nothing" : describe(arg)}`);
}

function integerArgument(call: Call, index: number, what: string): number | undefined {
  const arg = call.args[index];
  if (arg?.type === "number" && Number.isInteger(arg.value)) return arg.value;
  return call.wrong(arg, `${what} is a whole number, not ${arg === undefined ? "nothing" : describe(arg)}`);
}

/** The content of a text file beside the file that calls it. */
function file(call: Call): Datum | undefined {
  const { ctx, expr } = call;
  const path = textArgument(call, 0, "the path");
  const at = expr.args[0]?.span ?? expr.span;
  if (path === undefined) return undefined;
  const resolved = resolvePath(expr.span.file.path, path);
  if (resolved === undefined) {
    report(ctx, importOutside, at, { path });
    return undefined;
  }
  const read = ctx.io.readText(resolved);
  if (!read.ok) {
    report(ctx, fileUnreadable, at, { path: resolved, problem: describeFailure(read.reason) });
    return undefined;
  }
  if (read.text.length > MAX_TEXT) {
    report(ctx, tooLarge, at, { what: `\`${resolved}\``, limit: "a million characters" });
    return undefined;
  }
  ctx.texts.set(resolved, sourceOf(resolved, read));
  return { type: "text", form: "string", value: read.text, isFile: true, span: expr.span };
}

function env(call: Call): Datum | undefined {
  const { ctx, expr } = call;
  const name = textArgument(call, 0, "the name");
  if (name === undefined) return undefined;
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return call.wrong(call.args[0], `\`${name}\` is no name of a variable`);
  ctx.environment.add(name);
  const value = ctx.io.env(name);
  if (value !== undefined) return stringDatum(value, expr.span);
  const otherwise = call.args[1];
  if (otherwise !== undefined) return { ...otherwise, span: expr.span };
  report(ctx, environmentUnset, expr.args[0]?.span ?? expr.span, { name });
  return undefined;
}

/** Widest result of pad(). */
const MAX_WIDTH = 255;

function pad(call: Call): Datum | undefined {
  const [value] = call.args;
  const text = value?.type === "number" || value?.type === "text" ? plainText(value) : undefined;
  if (text === undefined) return call.wrong(value, "the first argument is a number or a string");
  const width = integerArgument(call, 1, "the width");
  if (width === undefined) return undefined;
  if (width < 0 || width > MAX_WIDTH) return call.wrong(call.args[1], `the width is 0 to ${MAX_WIDTH}`);
  return stringDatum(text.padStart(width, "0"), call.expr.span);
}

function join(call: Call): Datum | undefined {
  const [list] = call.args;
  if (list?.type !== "list") return call.wrong(list, "the first argument is a list");
  const separator = call.args.length > 1 ? textArgument(call, 1, "the separator") : ",";
  if (separator === undefined) return undefined;
  const texts: string[] = [];
  for (const item of list.items) {
    if (item.type === "error") return undefined;
    const text = plainText(item);
    if (text === undefined) return call.wrong(item, `a string cannot hold ${describe(item)}`);
    texts.push(text);
  }
  const length = texts.reduce((sum, text) => sum + text.length + separator.length, 0);
  return length > MAX_TEXT
    ? call.wrong(list, "the result is too long")
    : stringDatum(texts.join(separator), call.expr.span);
}

/**
 * A text, of a file for the most part, with `${NAME}` replaced by values. Other `${...}` stay as they are, because the text
 * may be a script of another language; a name that the text does not have is a mistake in writing.
 */
function fill(call: Call): Datum | undefined {
  const text = textArgument(call, 0, "the text");
  const map = call.args[1];
  if (text === undefined) return undefined;
  if (map?.type !== "map") return call.wrong(map, "the second argument is a map such as { name = self.name }");
  const values = new Map<string, string>();
  for (const [name, item] of map.entries) {
    if (item.type === "error") return undefined;
    const value = plainText(item);
    if (value === undefined) return call.wrong(item, `a string cannot hold ${describe(item)}`);
    if (!text.includes(`\${${name}}`)) return call.wrong(map, `the text has no \${${name}}`);
    values.set(`\${${name}}`, value);
  }
  const filled = text.replace(/\$\{[^${}]*\}/g, (place) => values.get(place) ?? place);
  return filled.length > MAX_TEXT ? call.wrong(map, "the result is too long") : stringDatum(filled, call.expr.span);
}

/** ASCII and other letters by their Unicode mapping; independent of the locale. */
function lower(call: Call): Datum | undefined {
  const text = textArgument(call, 0, "the argument");
  return text === undefined ? undefined : stringDatum(text.toLowerCase(), call.expr.span);
}

function cidrhost(call: Call): Datum | undefined {
  const net = textArgument(call, 0, "the net");
  const number = integerArgument(call, 1, "the number");
  if (net === undefined || number === undefined) return undefined;
  const cidr = parseCidr(net);
  if (cidr === undefined) return call.wrong(call.args[0], `\`${net}\` is no net such as 10.0.0.0/24`);
  const host = hostOf(cidr, number);
  if (host === undefined) return call.wrong(call.args[1], `${net} has no address number ${number}`);
  return literalDatum(formatIp(host), host.version === 4 ? "ipv4" : "ipv6", call.expr.span);
}

/** Of the UTF-8 bytes, hexadecimal. */
function digest(call: Call): Datum | undefined {
  const text = textArgument(call, 0, "the argument");
  return text === undefined ? undefined : stringDatum(sha256(text), call.expr.span);
}
