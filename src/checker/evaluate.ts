import { cover } from "../text/source.js";
import type { Span } from "../text/source.js";
import { isStandIn } from "../text/secrets.js";
import type { BinaryExpr, CallExpr, Expr, LiteralExpr, MapExpr, StringExpr, WordExpr } from "../syntax/ast.js";
import { notText, repeatedKey, secretSource, tooLarge } from "../diagnostics/catalogue/semantics.js";
import { force, lookUp, report } from "./context.js";
import type { Context, Scope } from "./context.js";
import { MAX_TEXT, boolDatum, describe, errorDatum, plainText, settled, stringDatum } from "./datum.js";
import type { Datum } from "./datum.js";
import { callFunction } from "./functions.js";
import { evaluateIndex, evaluateMember } from "./members.js";
import { binary, logical, unary } from "./operators.js";
import { has } from "./has.js";
import { condition, operand } from "./words.js";

/** Deeper nesting than people write; it keeps hostile input from exhausting the stack. */
const MAX_DEPTH = 400;

/** The value of an expression. A bare word that no variable has stays a word: the place where it stands decides. */
export function evaluate(ctx: Context, expr: Expr, scope: Scope): Datum {
  if (ctx.state.depth >= MAX_DEPTH) {
    report(ctx, tooLarge, expr.span, { what: "the nesting of this expression", limit: `${MAX_DEPTH} levels` });
    return errorDatum(expr.span);
  }
  ctx.state.depth++;
  const datum = evaluateExpr(ctx, expr, scope);
  ctx.state.depth--;
  return datum;
}

function evaluateExpr(ctx: Context, expr: Expr, scope: Scope): Datum {
  const { span } = expr;
  switch (expr.type) {
    case "literal":
      return literal(expr);
    case "word":
      return word(ctx, expr, scope);
    case "string":
      return interpolate(ctx, expr, scope);
    case "list":
      return { type: "list", items: expr.items.map((item) => evaluate(ctx, item, scope)), span };
    case "map":
      return map(ctx, expr, scope);
    case "paren":
      return anonymous(evaluate(ctx, expr.inner, scope), span);
    case "conditional":
      return conditional(ctx, expr, scope);
    case "unary":
      return unary(ctx, expr.operator, operand(ctx, expr.operand, scope), span);
    case "binary":
      return binaryExpr(ctx, expr, scope);
    case "member":
      return evaluateMember(ctx, expr, scope);
    case "index":
      return evaluateIndex(ctx, expr, scope);
    case "call":
      return call(ctx, expr, scope);
    case "error":
      return errorDatum(span);
  }
}

function literal(expr: LiteralExpr): Datum {
  const { span, text, value } = expr;
  if (value === undefined) return { type: "text", form: "literal", literal: expr.kind, value: text, span };
  if (expr.kind === "size" || expr.kind === "duration") return { type: expr.kind, value, text, span };
  return { type: "number", value, text, span };
}

function word(ctx: Context, expr: WordExpr, scope: Scope): Datum {
  const { name, span } = expr;
  if (name === "true" || name === "false") return boolDatum(name === "true", span);
  if (name === "absent") return { type: "absent", span };
  if (name === "self" && scope.self !== undefined) {
    return { type: "resource", address: scope.self.address, name: scope.self.name, span };
  }
  const binding = lookUp(scope, name);
  if (binding === undefined) return { type: "text", form: "word", value: name, span };
  return { ...settled(force(ctx, binding.value, span, errorDatum(span))), span, via: binding.variable };
}

/** Parentheses make an expression of a word: it is the variable, and nothing else. */
function anonymous(datum: Datum, span: Span): Datum {
  const { via: _, ...rest } = datum;
  return { ...rest, span };
}

function interpolate(ctx: Context, expr: StringExpr, scope: Scope): Datum {
  const only = expr.parts.length === 1 ? expr.parts[0] : undefined;
  if (typeof only === "string" && only.length <= MAX_TEXT) return stringDatum(only, expr.span);
  let text = "";
  let isBroken = false;
  for (const part of expr.parts) {
    const piece = typeof part === "string" ? part : partText(ctx, operand(ctx, part, scope));
    if (piece === undefined) isBroken = true;
    else text += piece;
    if (text.length > MAX_TEXT) {
      report(ctx, tooLarge, expr.span, { what: "this string", limit: "a million characters" });
      return errorDatum(expr.span);
    }
  }
  return isBroken ? errorDatum(expr.span) : stringDatum(text, expr.span);
}

function partText(ctx: Context, datum: Datum): string | undefined {
  const text = plainText(datum);
  if (text === undefined && datum.type !== "error") report(ctx, notText, datum.span, { found: describe(datum) });
  return text;
}

function map(ctx: Context, expr: MapExpr, scope: Scope): Datum {
  const entries = new Map<string, Datum>();
  for (const { name, value } of expr.entries) {
    if (entries.has(name.text)) report(ctx, repeatedKey, name.span, { name: name.text });
    else entries.set(name.text, evaluate(ctx, value, scope));
  }
  return { type: "map", entries, span: expr.span };
}

function conditional(ctx: Context, expr: Extract<Expr, { type: "conditional" }>, scope: Scope): Datum {
  const holds = condition(ctx, expr.condition, scope, "the condition before `?`");
  if (holds === undefined) return errorDatum(expr.span);
  return evaluate(ctx, holds ? expr.then : expr.otherwise, scope);
}

/** `&&` and `||` evaluate their right side only when it counts; the right side of `==` may be a bare word. */
function binaryExpr(ctx: Context, expr: BinaryExpr, scope: Scope): Datum {
  const { operator, span } = expr;
  const left = operand(ctx, expr.left, scope);
  if (operator === "&&" || operator === "||") {
    return logical(ctx, operator, left, () => operand(ctx, expr.right, scope), span);
  }
  const isEquality = operator === "==" || operator === "!=";
  const right = isEquality ? evaluate(ctx, expr.right, scope) : operand(ctx, expr.right, scope);
  return binary(ctx, operator, left, right, span);
}

function call(ctx: Context, expr: CallExpr, scope: Scope): Datum {
  switch (expr.callee.text) {
    case "secret":
      return secret(ctx, expr);
    case "has":
      return has(ctx, expr, scope);
    default:
      return callFunction(
        ctx,
        expr,
        expr.args.map((arg) => operand(ctx, arg, scope)),
      );
  }
}

/** `secret("env:NAME")`: the source is plain text, so that a reader sees at once where the secret is. */
function secret(ctx: Context, expr: CallExpr): Datum {
  const [first, second] = expr.args;
  const parts = first?.type === "string" ? first.parts : undefined;
  const source = parts?.every((part) => typeof part === "string") === true ? parts.join("") : undefined;
  if (source === undefined || second !== undefined) {
    const at = expr.args.length === 0 ? expr.span : argumentsSpan(expr.args, expr.span);
    report(ctx, secretSource, at, { problem: "takes one plain string" }, expr.args.length === 0 ? {} : { secrets: [] });
    return errorDatum(expr.span);
  }
  const problem = sourceProblem(source);
  if (problem !== undefined && first !== undefined) {
    report(ctx, secretSource, first.span, { problem }, isStandIn(source) ? {} : { secrets: [source] });
    return errorDatum(expr.span);
  }
  return { type: "secret", source, span: expr.span };
}

/** The source's text is not repeated in the message: it may be the secret itself. */
function sourceProblem(source: string): string | undefined {
  if (/[\0\r\n]/.test(source)) return "takes a source on one line";
  if (source.startsWith("env:")) {
    return /^env:[A-Za-z_][A-Za-z0-9_]*$/.test(source) ? undefined : "needs the name of a variable after `env:`";
  }
  if (source.startsWith("file:")) return /^file:\/./.test(source) ? undefined : "needs an absolute path after `file:`";
  if (source.startsWith("cmd:")) return source.length > 4 ? undefined : "needs a command after `cmd:`";
  return "takes a source that begins with `env:`, `file:` or `cmd:`";
}

function argumentsSpan(args: readonly Expr[], otherwise: Span): Span {
  const first = args[0]?.span;
  const last = args.at(-1)?.span;
  return first === undefined || last === undefined ? otherwise : cover(first, last);
}
