import type { CallExpr, Expr } from "../syntax/ast.js";
import { functionArguments } from "../diagnostics/catalogue/semantics.js";
import { report } from "./context.js";
import type { Context, Scope } from "./context.js";
import { boolDatum, errorDatum, plainText } from "./datum.js";
import type { Datum } from "./datum.js";
import { isThere } from "./members.js";
import { areEqual } from "./operators.js";
import { operand } from "./words.js";

const USAGE = "has(thing.attribute) or has(collection, element)";

/** `has(self.memory)`: is it set; `has(list, 5)`, `has(map, "key")`: is it in there. */
export function has(ctx: Context, expr: CallExpr, scope: Scope): Datum {
  const [first, second, third] = expr.args;
  if (first === undefined || third !== undefined) return hasMisused(ctx, expr, expr);
  if (second !== undefined) return hasElement(ctx, expr, first, second, scope);
  if (first.type !== "member" && first.type !== "index") return hasMisused(ctx, expr, first);
  const there = isThere(ctx, first, scope);
  return there === undefined ? errorDatum(expr.span) : boolDatum(there, expr.span);
}

function hasElement(ctx: Context, expr: CallExpr, collection: Expr, element: Expr, scope: Scope): Datum {
  const where = operand(ctx, collection, scope);
  const what = ctx.evaluate(element, scope);
  if (where.type === "error" || what.type === "error") return errorDatum(expr.span);
  if (where.type === "list")
    return boolDatum(
      where.items.some((item) => areEqual(item, what) === true),
      expr.span,
    );
  const key = plainText(what);
  if (where.type === "map" && key !== undefined) return boolDatum(where.entries.has(key), expr.span);
  return hasMisused(ctx, expr, collection);
}

function hasMisused(ctx: Context, expr: CallExpr, at: Expr): Datum {
  const problem = "it takes a dotted name, or a list or map and an element";
  report(ctx, functionArguments, at.span, { usage: USAGE, problem });
  return errorDatum(expr.span);
}
