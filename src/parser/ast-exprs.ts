import type { CstNode, IToken } from "chevrotain";
import {
  chained,
  gluedOperator,
  malformedLiteral,
  needsQuotes,
  notAnAttribute,
  notCallable,
  sizeUnit,
} from "../diagnostics/catalogue/syntax.js";
import type {
  Attribute,
  BinaryOperator,
  Body,
  ErrorExpr,
  Expr,
  Item,
  LiteralExpr,
  MapExpr,
  Name,
  StringExpr,
  WordExpr,
} from "../syntax/ast.js";
import { cover, type SourceFile, span } from "../text/source.js";
import { leaf, leaves, rangeOf, rangeOfToken, sub, subs } from "./cst.js";
import { shorten } from "./describe.js";
import { type JunkPlace, reportJunk } from "./junk.js";
import { classifyLiteral, type LiteralProblem } from "./literals.js";
import type { Range, Report } from "./report.js";
import { endOf } from "./tokens.js";

/** What the builders of the tree share: the file, the findings, and each other. */
export interface Build {
  readonly file: SourceFile;
  readonly report: Report;
  readonly body: (node: CstNode) => Body;
  readonly string: (node: CstNode) => StringExpr | ErrorExpr;
}

const levels: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["==", "!="],
  ["<", "<=", ">", ">="],
  [".."],
  ["+", "-"],
  ["*", "/", "%"],
];
const precedence = new Map(levels.flatMap((operators, level) => operators.map((operator) => [operator, level])));
/** Comparisons and ranges. */
const unchained = new Set([2, 3, 4]);

/** An expression; `at` is where it should have stood if nothing is there. */
export function buildExpr(build: Build, node: CstNode | undefined, at: number): Expr {
  const single = buildSingle(build, node);
  if (single !== undefined) return single;
  const choice = sub(node, "choice");
  const condition = buildBinary(build, sub(choice, "binary"), at);
  const question = leaf(choice, "Question");
  if (question === undefined) return condition;
  const [then, otherwise] = subs(choice, "expr").map((branch) => buildExpr(build, branch, endOf(question)));
  if (then === undefined || otherwise === undefined) return errorExpr(build, at, condition.span.end);
  return { type: "conditional", span: cover(condition.span, otherwise.span), condition, then, otherwise };
}

/** A literal or a word, of an expression or a primary. */
function buildSingle(build: Build, node: CstNode | undefined): Expr | undefined {
  const literal = leaf(node, "Literal");
  if (literal !== undefined) return buildLiteral(build, literal);
  const word = leaf(node, "Word");
  return word === undefined ? undefined : wordOf(build, word);
}

/** Something that could not be read. */
export function errorExpr(build: Build, start: number, end: number = start): ErrorExpr {
  return { type: "error", span: span(build.file, start, end) };
}

/** The elements of a list, or the arguments of a call. */
export function buildElements(build: Build, nodes: readonly CstNode[], place: JunkPlace): Expr[] {
  return nodes.map((node) => {
    const expr = sub(node, "expr");
    const range = rangeOf(node) ?? { start: 0, end: 0 };
    const junk = subs(node, "junk");
    if (expr !== undefined && junk.length === 0) return buildExpr(build, expr, range.start);
    const before = expr === undefined ? range.start : buildExpr(build, expr, range.start).span.end;
    reportJunk(build.file, junk, expr === undefined ? "paren" : place, before, build.report);
    return errorExpr(build, range.start, range.end);
  });
}

/** A word as a name. */
export function nameOf(build: Build, token: IToken): Name {
  return { span: span(build.file, token.startOffset, endOf(token)), text: token.image };
}

/** A bare literal, or an error where no kind can want it. */
export function buildLiteral(build: Build, token: IToken): LiteralExpr | ErrorExpr {
  const at = rangeOfToken(token);
  const literal = classifyLiteral(token.image);
  if (!("problem" in literal)) {
    const { kind, value } = literal;
    const whole = span(build.file, at.start, at.end);
    return { type: "literal", span: whole, kind, text: token.image, ...(value === undefined ? {} : { value }) };
  }
  reportLiteral(build, token.image, at, literal);
  return errorExpr(build, at.start, at.end);
}

/** A URL or path without quotes. */
export function buildBareText(build: Build, token: IToken): ErrorExpr {
  const at = rangeOfToken(token);
  reportQuotes(build, token.image, at, token.image.includes("://") ? "a URL" : "a path");
  return errorExpr(build, at.start, at.end);
}

function reportLiteral(build: Build, image: string, at: Range, found: LiteralProblem): void {
  const text = shorten(image);
  const { why, suggested } = found;
  const fix =
    suggested === undefined
      ? {}
      : { fix: { title: `write \`${suggested}\``, span: span(build.file, at.start, at.end), replacement: suggested } };
  if (found.problem === "quotes") reportQuotes(build, image, at, "text like this");
  else if (suggested !== undefined && found.problem === "unit")
    build.report.add(sizeUnit, at, { text, suggested }, fix);
  else if (suggested !== undefined && found.problem === "glued") {
    build.report.add(gluedOperator, at, { text, spaced: suggested }, fix);
  } else build.report.add(malformedLiteral, at, { text, why }, fix);
}

function reportQuotes(build: Build, image: string, at: Range, what: string): void {
  const fix = { title: "put it in quotes", span: span(build.file, at.start, at.end), replacement: `"${image}"` };
  const safe = !/["\\$]/.test(image);
  build.report.add(needsQuotes, at, { text: shorten(image), what }, safe ? { fix } : {});
}

function buildBinary(build: Build, node: CstNode | undefined, at: number): Expr {
  const operands = subs(node, "unary").map((operand) => buildUnary(build, operand, at));
  const operators = leaves(node, "BinOp");
  let next = 0;
  const operand = (): Expr => operands[next] ?? errorExpr(build, at);
  const climb = (least: number): Expr => {
    let left = operand();
    for (;;) {
      const operator = operators[next];
      const level = operator === undefined ? -1 : (precedence.get(operator.image) ?? -1);
      if (operator === undefined || level < least) return left;
      next++;
      const right = climb(level + 1);
      left = joined(build, left, operator, right);
      const following = operators[next];
      if (following === undefined || !unchained.has(level) || precedence.get(following.image) !== level) continue;
      reportChain(build, operator, following, right);
      left = errorExpr(build, left.span.start, left.span.end);
    }
  };
  return climb(0);
}

function joined(build: Build, left: Expr, token: IToken, right: Expr): Expr {
  reportGluedPercent(build, token, left, right);
  return {
    type: "binary",
    span: cover(left.span, right.span),
    operator: token.image as BinaryOperator,
    left,
    right,
  };
}

function reportChain(build: Build, first: IToken, second: IToken, middle: Expr): void {
  const { text } = build.file;
  const shared = text.slice(middle.span.start, middle.span.end);
  const args = { operator: second.image, first: first.image };
  const range = first.image === "..";
  const help = range
    ? "a range has two ends"
    : `write \`... ${first.image} ${shared} && ${shared} ${second.image} ...\``;
  build.report.add(chained, rangeOfToken(second), args, { help });
}

/** `n%2` is three tokens to the lexer, but one word to the language, like `n-2`. */
function reportGluedPercent(build: Build, operator: IToken, left: Expr, right: Expr): void {
  const start = operator.startOffset;
  if (operator.image !== "%" || left.span.end !== start || right.span.start !== start + 1) return;
  const { text } = build.file;
  const at = { start: left.span.start, end: right.span.end };
  const spaced = `${text.slice(at.start, start)} % ${text.slice(start + 1, at.end)}`;
  const fix = { title: "insert spaces", span: span(build.file, start, start + 1), replacement: " % " };
  build.report.add(gluedOperator, at, { text: text.slice(at.start, at.end), spaced }, { fix });
}

function buildUnary(build: Build, node: CstNode, at: number): Expr {
  const operators = leaves(node, "UnaryOp");
  const start = operators.at(-1)?.startOffset;
  let result = buildPrimary(build, sub(node, "primary"), start === undefined ? at : start + 1);
  for (const suffix of subs(node, "suffix")) result = buildSuffix(build, result, suffix);
  for (const operator of operators.toReversed()) {
    result = {
      type: "unary",
      span: span(build.file, operator.startOffset, result.span.end),
      operator: operator.image as "!" | "-",
      operand: result,
    };
  }
  return result;
}

function buildSuffix(build: Build, object: Expr, node: CstNode): Expr {
  const { start } = object.span;
  const { end } = rangeOf(node) ?? object.span;
  const whole = span(build.file, start, end);
  if (leaf(node, "Dot") !== undefined) {
    const member = leaf(node, "Word");
    if (member === undefined) return errorExpr(build, start, end);
    return { type: "member", span: whole, object, member: nameOf(build, member) };
  }
  if (leaf(node, "LSquare") !== undefined) {
    const index = buildExpr(build, sub(node, "expr"), end);
    const strays = subs(node, "stray");
    reportJunk(build.file, strays, "paren", index.span.end, build.report);
    return strays.length === 0
      ? { type: "index", span: whole, object, index }
      : { type: "index", span: whole, object, index: errorExpr(build, index.span.start, end) };
  }
  const args = buildElements(build, subs(node, "element"), "argument");
  if (object.type === "word") {
    return { type: "call", span: whole, callee: { span: object.span, text: object.name }, args };
  }
  if (object.type !== "error") build.report.add(notCallable, object.span, undefined);
  return errorExpr(build, start, end);
}

function buildPrimary(build: Build, node: CstNode | undefined, at: number): Expr {
  if (node === undefined) return errorExpr(build, at);
  const single = buildSingle(build, node);
  if (single !== undefined) return single;
  const map = sub(node, "body");
  if (map !== undefined) return buildMap(build, map);
  return buildDelimited(build, node) ?? errorExpr(build, at);
}

/** What stands in delimiters of its own, in expressions and as an argument alike: a string, a list, parentheses. */
export function buildDelimited(build: Build, node: CstNode): Expr | undefined {
  const string = sub(node, "string");
  if (string !== undefined) return build.string(string);
  const list = sub(node, "list");
  if (list !== undefined) return buildList(build, list);
  const paren = sub(node, "paren");
  if (paren !== undefined) return buildParen(build, paren);
  const bare = leaf(node, "BareText");
  return bare === undefined ? undefined : buildBareText(build, bare);
}

/** A bare word as an expression. */
export function wordOf(build: Build, token: IToken): WordExpr {
  return { type: "word", span: span(build.file, token.startOffset, endOf(token)), name: token.image };
}

/** `[ ... ]` */
function buildList(build: Build, node: CstNode): Expr {
  const { start, end } = rangeOf(node) ?? { start: 0, end: 0 };
  const items = buildElements(build, subs(node, "element"), "element");
  return { type: "list", span: span(build.file, start, end), items };
}

/** `( expr )` */
function buildParen(build: Build, node: CstNode): Expr {
  const { start, end } = rangeOf(node) ?? { start: 0, end: 0 };
  const inner = buildExpr(build, sub(node, "expr"), start + 1);
  const strays = subs(node, "stray");
  reportJunk(build.file, strays, "paren", inner.span.end, build.report);
  const whole = span(build.file, start, end);
  return strays.length === 0 ? { type: "paren", span: whole, inner } : { type: "error", span: whole };
}

function buildMap(build: Build, node: CstNode): MapExpr | ErrorExpr {
  const body = build.body(node);
  const entries = body.items.filter((item): item is Attribute => item.type === "attribute");
  // One is enough: the rest of them have the same reason.
  const other = body.items.find((item) => item.type !== "attribute" && item.type !== "error");
  if (other !== undefined) build.report.add(notAnAttribute, other.span, { what: itemPhrase(other) });
  if (entries.length < body.items.length) return { type: "error", span: body.span };
  return { type: "map", span: body.span, entries };
}

function itemPhrase(item: Item): string {
  return item.type === "block" ? `the block \`${item.kind.text}\`` : `\`${item.type}\``;
}
