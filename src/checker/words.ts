import type { Expr } from "../syntax/ast.js";
import type { Span } from "../text/source.js";
import { conditionType, gluedName, unknownName } from "../diagnostics/catalogue/semantics.js";
import type { Fix } from "../diagnostics/diagnostic.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import { isExcused, lookUp, namesInForce, report } from "./context.js";
import type { Context, Scope } from "./context.js";
import { describe, errorDatum } from "./datum.js";
import type { Datum } from "./datum.js";
import { gluedForm } from "./glued.js";

/** What other languages put before the names of variables. */
const PREFIXES: ReadonlySet<string> = new Set(["var", "local", "locals", "param", "params", "let", "each", "vars"]);

/** The value of an expression where a bare word can only be a mistake: inside of calculations and strings. */
export function operand(ctx: Context, expr: Expr, scope: Scope): Datum {
  const datum = ctx.evaluate(expr, scope);
  if (datum.type !== "text" || datum.form !== "word") return datum;
  return unknownWord(ctx, datum.value, datum.span, scope);
}

/** A condition; undefined when it is neither true nor false, which is reported. `where`: "`when`". */
export function condition(ctx: Context, expr: Expr, scope: Scope, where: string): boolean | undefined {
  const datum = operand(ctx, expr, scope);
  if (datum.type === "bool") return datum.value;
  if (datum.type !== "error") report(ctx, conditionType, datum.span, { where, found: describe(datum) });
  return undefined;
}

/** A word that does not fit may be a calculation without spaces: `n-1`. Whether that was found, and reported. */
export function reportGlued(ctx: Context, datum: Datum, scope: Scope): boolean {
  if (datum.type !== "text" || datum.form !== "word") return false;
  const spaced = gluedForm(datum.value, (part) => lookUp(scope, part) !== undefined);
  if (spaced === undefined) return false;
  // Parentheses around it belong to its place.
  const { file, start, end } = datum.span;
  const fix = replacement(file.text.slice(start, end).replace(datum.value, spaced), datum.span);
  report(ctx, gluedName, datum.span, { name: datum.value, spaced }, { fix });
  return true;
}

/** Reports a word that means nothing, with the likeliest reason. */
export function unknownWord(ctx: Context, name: string, at: Span, scope: Scope): Datum {
  if (isExcused(ctx, name)) return errorDatum(at);
  const isKnown = (part: string): boolean => lookUp(scope, part) !== undefined;
  const spaced = gluedForm(name, isKnown);
  if (spaced !== undefined) {
    const fix = { title: `write ${spaced}`, span: at, replacement: spaced };
    report(ctx, gluedName, at, { name, spaced }, { fix });
  } else if (ctx.byText.has(name)) {
    const help = `\`${name}\` is a declared thing: write \`${name}.name\` or another of its attributes`;
    report(ctx, unknownName, at, { name, suggested: undefined }, { help });
  } else {
    const suggested = PREFIXES.has(name) ? undefined : didYouMean(name, namesInForce(scope));
    const bare = PREFIXES.has(name) ? { help: "params and lets are used by their bare names: `cores`" } : {};
    const extra = suggested === undefined ? bare : { fix: replacement(suggested, at) };
    report(ctx, unknownName, at, { name, suggested }, extra);
  }
  return errorDatum(at);
}

/** The fix that writes a text in the place of a span. */
export function replacement(text: string, span: Span): Fix {
  return { title: `write ${text}`, span, replacement: text };
}
