import type { Expr, ForItem, LetItem, Name } from "../syntax/ast.js";
import {
  duplicateVariable,
  notIterable,
  secretElsewhere,
  tooLarge,
  tooManyIterations,
} from "../diagnostics/catalogue/semantics.js";
import { addToIp, formatIp } from "../text/ip.js";
import { childScope, lazy, report } from "./context.js";
import type { Context, Scope } from "./context.js";
import { MAX_ELEMENTS, describe, errorDatum, literalDatum, numberDatum, stringDatum } from "./datum.js";
import type { Datum, Variable } from "./datum.js";
import { operand, reportGlued } from "./words.js";
import { ipOf } from "./operators.js";

/** Turns of all loops of a compilation together. */
export const MAX_TURNS = 100_000;

/** Words of the kinds that the parser refuses as names; as variables they would make every use of them ambiguous. */
const RESERVED: ReadonlySet<string> = new Set(["dhcp", "auto"]);

/** Declares a variable; one that the same scope has already is reported. */
export function declare(ctx: Context, scope: Scope, name: Name, what: Variable["what"], compute: () => Datum): void {
  const variable: Variable = { name: name.text, what, span: name.span };
  const first = scope.bindings.get(name.text);
  if (RESERVED.has(name.text)) return;
  if (first !== undefined) {
    const related = [{ span: first.variable.span, message: "first declared here" }];
    report(ctx, duplicateVariable, name.span, { name: name.text }, { related });
    return;
  }
  scope.bindings.set(name.text, { variable, value: lazy(`${what} ${name.text}`, "", compute) });
}

export function declareLet(ctx: Context, scope: Scope, item: LetItem): void {
  declare(ctx, scope, item.name, "let", () => variableValue(ctx, item.value, scope, `let \`${item.name.text}\``));
}

/** The value of a variable: anything but a secret, which would hide where it goes. */
export function variableValue(ctx: Context, expr: Expr, scope: Scope, name: string): Datum {
  const datum = ctx.evaluate(expr, scope);
  const isName = datum.type === "text" && ctx.byText.has(datum.value);
  if (expr.type === "word" && !isName && reportGlued(ctx, datum, scope)) return errorDatum(expr.span);
  if (datum.type !== "secret") return datum;
  report(ctx, secretElsewhere, expr.span, { name });
  return errorDatum(expr.span);
}

/** Runs a loop: calls `turn` with a scope for each element. False when its elements are not known, or not all of them ran. */
export function runLoop(ctx: Context, item: ForItem, scope: Scope, turn: (scope: Scope) => void): boolean {
  const over = operand(ctx, item.over, scope);
  if (over.type === "error") return false;
  const elements = elementsOf(over, item.names.length);
  if (elements === undefined) {
    report(ctx, notIterable, item.over.span, { found: describe(over), names: item.names.length });
    return false;
  }
  if (elements === "too many") {
    report(ctx, tooLarge, item.over.span, { what: describe(over), limit: `${MAX_ELEMENTS} elements` });
    return false;
  }
  for (const values of elements) {
    if (ctx.state.turns >= MAX_TURNS) {
      // Once is enough: the loops around this one stop as well.
      if (ctx.state.turns++ === MAX_TURNS) report(ctx, tooManyIterations, item.over.span, { limit: "100,000" });
      return false;
    }
    ctx.state.turns++;
    const inner = childScope(scope);
    item.names.forEach((name, i) => declareLoopVariable(ctx, inner, name, values[i]));
    turn(inner);
  }
  return true;
}

function declareLoopVariable(ctx: Context, scope: Scope, name: Name, value: Datum | undefined): void {
  declare(ctx, scope, name, "loop variable", () => value ?? errorDatum(name.span));
}

/** What a loop runs over: one value a turn, or key (index) and value. */
function elementsOf(over: Datum, names: number): readonly (readonly Datum[])[] | "too many" | undefined {
  if (names > 2) return undefined;
  if (over.type === "list")
    return over.items.map((item, i) => (names === 1 ? [item] : [numberDatum(i, item.span), item]));
  if (over.type === "map") {
    if (names === 1) return undefined;
    return [...over.entries].map(([key, value]) => [stringDatum(key, value.span), value]);
  }
  return over.type === "range" && names === 1 ? rangeElements(over) : undefined;
}

/** An empty range (`1..0`) has no elements. */
function rangeElements(range: Extract<Datum, { type: "range" }>): readonly (readonly Datum[])[] | "too many" {
  const { from, to, span } = range;
  const first = ipOf(from);
  const last = ipOf(to);
  if (from.type === "number" && to.type === "number") {
    if (to.value - from.value >= MAX_ELEMENTS) return "too many";
    return Array.from({ length: Math.max(0, to.value - from.value + 1) }, (_, i) => [
      numberDatum(from.value + i, span),
    ]);
  }
  if (first === undefined || last === undefined) return [];
  if (last.value - first.value >= BigInt(MAX_ELEMENTS)) return "too many";
  const length = Math.max(0, Number(last.value - first.value) + 1);
  return Array.from({ length }, (_, i) => {
    const ip = addToIp(first, i) ?? first;
    return [literalDatum(formatIp(ip), ip.version === 4 ? "ipv4" : "ipv6", span)];
  });
}
