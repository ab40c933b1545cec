import type { Span } from "../text/source.js";
import type { Attribute, BinaryOperator, Block, Document, Expr, Item, ParamType } from "./ast.js";
import type { ForItem, ListExpr, MapExpr, Name, ParamItem, StringExpr } from "./ast.js";
import { endsLine, escapeLine, escapeText, fitsRaw, indentLines } from "./quote.js";
import { Writer } from "./writer.js";

/**
 * The canonical source of a document, as `phxc fmt` writes it: two blanks for a level, one around `=`, at most one empty
 * line between entries where there was one, and every comment. Bodies and lists that stood on one line stay there while
 * they fit. The document must have no error nodes: what they stand for would be lost; `hasErrors` of visit.ts
 * tells.
 */
export function print(document: Document): string {
  const writer = new Writer(document.span, document.comments);
  for (const item of document.items) {
    writer.line(true);
    printItem(writer, item);
  }
  return writer.finish();
}

function printItem(writer: Writer, item: Item): void {
  const { start, end } = item.span;
  writer.flush(start);
  switch (item.type) {
    case "import":
      word(writer, "import", start);
      return printExpr(writer, item.path);
    case "param":
      return printParam(writer, item);
    case "let":
      word(writer, "let", start);
      printName(writer, item.name);
      return printValue(writer, item.value);
    case "assert":
      word(writer, "assert", start);
      printExpr(writer, item.condition);
      writer.space();
      return printExpr(writer, item.message);
    case "for":
      return printFor(writer, item);
    case "attribute":
      return printAttribute(writer, item);
    case "block":
      return printBlock(writer, item);
    case "error":
      throw new Error(`a document with errors is not printed (${start} to ${end})`);
  }
}

/** A keyword, operator or comma with a space after it. */
function word(writer: Writer, text: string, start?: number): void {
  if (start === undefined) writer.found(text);
  else writer.token(text, start);
  writer.space();
}

function printName(writer: Writer, name: Name): void {
  const isWord = /^[A-Za-z_]\w*(?:(?:-+|\/)\w+)*$/.test(name.text);
  const text = name.quoted === true || !isWord ? `"${escapeLine(name.text)}"` : name.text;
  writer.token(text, name.span.start, name.span.end);
}

function printValue(writer: Writer, value: Expr, operator = "="): void {
  writer.space();
  word(writer, operator);
  printExpr(writer, value);
}

function printAttribute(writer: Writer, attribute: Attribute): void {
  printName(writer, attribute.name);
  printValue(writer, attribute.value, attribute.operator);
}

function printParam(writer: Writer, item: ParamItem): void {
  const { paramType, value } = item;
  // A line cannot break inside a type.
  if (paramType !== undefined) writer.hoist(item.name.span.end, paramType.span.end, item.span.start);
  word(writer, "param", item.span.start);
  printName(writer, item.name);
  if (paramType !== undefined) writer.token(`: ${typeText(paramType)}`, paramType.span.start, paramType.span.end);
  if (value !== undefined) printValue(writer, value);
}

function typeText({ name, of }: ParamType): string {
  return of === undefined ? name : `${name}(${typeText(of)})`;
}

function printFor(writer: Writer, item: ForItem): void {
  word(writer, "for", item.span.start);
  for (const [i, name] of item.names.entries()) {
    if (i > 0) word(writer, ",");
    printName(writer, name);
  }
  writer.space();
  word(writer, "in");
  printExpr(writer, item.over);
  writer.space();
  printBody(writer, item.body.span, item.body.items);
}

function printBlock(writer: Writer, block: Block): void {
  hoistFromExtends(writer, block);
  printName(writer, block.kind);
  for (const arg of block.args) {
    writer.space();
    printExpr(writer, arg);
  }
  printExtends(writer, block.extends);
  if (block.when !== undefined) {
    writer.space();
    word(writer, "when");
    printExpr(writer, block.when);
  }
  if (block.body === undefined) return;
  writer.space();
  printBody(writer, block.body.span, block.body.items);
}

/** A list of one profile loses its brackets, and with them the right to break lines. */
function hoistFromExtends(writer: Writer, block: Block): void {
  if (block.extends.length === 0) return;
  const before = block.args.at(-1)?.span ?? block.kind.span;
  const after = block.when?.span.start ?? block.body?.span.start ?? block.span.end;
  writer.hoist(before.end, after, block.span.start);
}

function printExtends(writer: Writer, names: readonly Name[]): void {
  if (names.length === 0) return;
  writer.space();
  word(writer, "extends");
  if (names.length > 1) writer.token("[");
  for (const [i, name] of names.entries()) {
    if (i > 0) word(writer, ",");
    printName(writer, name);
  }
  if (names.length > 1) writer.token("]");
}

/** The braces of a block or map. */
function printBody(writer: Writer, at: Span, items: readonly Item[]): void {
  writer.token("{", at.start);
  const close = at.end - 1;
  if (items.length === 0 && !writer.hasComment(close)) return writer.token("}", close);
  const flat = (): void => {
    writer.space();
    for (const [i, item] of items.entries()) {
      if (i > 0) word(writer, ",");
      printItem(writer, item);
    }
    writer.space();
    writer.token("}", close);
  };
  if (writer.isOneLine(at) && writer.attempt(flat)) return;
  printLines(
    writer,
    close,
    "}",
    items.map((item) => () => printItem(writer, item)),
  );
}

function printList(writer: Writer, { span, items }: ListExpr): void {
  writer.token("[", span.start);
  const close = span.end - 1;
  if (items.length === 0 && !writer.hasComment(close)) return writer.token("]", close);
  const flat = (): void => {
    printSequence(writer, items);
    writer.token("]", close);
  };
  if (writer.isOneLine(span) && writer.attempt(flat)) return;
  printLines(
    writer,
    close,
    "]",
    items.map((item) => () => printExpr(writer, item)),
  );
}

/** One thing on each line, then the closer on its own. */
function printLines(writer: Writer, close: number, closer: string, things: readonly (() => void)[]): void {
  writer.indent(1);
  for (const [i, thing] of things.entries()) {
    writer.line(i > 0);
    thing();
  }
  writer.line(things.length > 0);
  writer.flush(close);
  writer.indent(-1);
  writer.line(false);
  writer.token(closer, close);
}

function printSequence(writer: Writer, items: readonly Expr[]): void {
  for (const [i, item] of items.entries()) {
    if (i > 0) word(writer, ",");
    printExpr(writer, item);
  }
}

function printExpr(writer: Writer, expr: Expr): void {
  const { start, end } = expr.span;
  switch (expr.type) {
    case "literal":
      return writer.token(expr.text, start, end);
    case "word":
      return writer.token(expr.name, start, end);
    case "string":
      return printString(writer, expr);
    case "list":
      return printList(writer, expr);
    case "map":
      return printMap(writer, expr);
    case "unary":
      writer.token(expr.operator, start);
      return printOperand(writer, expr.operand, highest);
    case "binary":
      return printBinary(writer, expr, () => writer.space());
    case "conditional":
      return printConditional(writer, expr, () => writer.space());
    case "member":
      printOperand(writer, expr.object, highest + 1);
      // A literal would swallow the dot.
      if (expr.object.type === "literal") writer.space();
      writer.found(".");
      return printName(writer, expr.member);
    case "index":
      printOperand(writer, expr.object, highest + 1);
      return printBracketed(writer, ["[", "]"], end - 1, () => printExpr(writer, expr.index));
    case "call":
      printName(writer, expr.callee);
      return printCall(writer, expr.args, end);
    case "paren":
      return printParen(writer, expr.inner, expr.span);
    case "error":
      throw new Error(`a document with errors is not printed (${start} to ${end})`);
  }
}

function printMap(writer: Writer, { span, entries }: MapExpr): void {
  printBody(writer, span, entries);
}

function printBracketed(
  writer: Writer,
  [open, close]: readonly [string, string],
  end: number,
  inner: () => void,
): void {
  writer.found(open);
  writer.indent(1);
  inner();
  writer.flush(end);
  writer.indent(-1);
  writer.token(close, end);
}

/** Arguments that do not fit on the line get one each, unless they have lines of their own. */
function printCall(writer: Writer, args: readonly Expr[], end: number): void {
  writer.found("(");
  const close = end - 1;
  const together = (): void => {
    writer.indent(1);
    printSequence(writer, args);
    writer.flush(close);
    writer.indent(-1);
    writer.token(")", close);
  };
  if (writer.attempt(together)) return;
  if (bringsLines(args)) return together();
  const lines = args.map((arg, i) => () => {
    printExpr(writer, arg);
    if (i < args.length - 1) writer.found(",");
  });
  printLines(writer, close, ")", lines);
}

/** A list, map or text that breaks its own lines, with nothing else of any length. */
function bringsLines(args: readonly Expr[]): boolean {
  const isLarge = (arg: Expr): boolean =>
    arg.type === "list" || arg.type === "map" || (arg.type === "string" && arg.form !== "line");
  const isShort = (arg: Expr): boolean =>
    arg.type === "literal" || arg.type === "word" || (arg.type === "string" && lineText(arg).length < 20);
  return args.length === 1 || (args.some(isLarge) && args.every((arg) => isLarge(arg) || isShort(arg)));
}

/** What does not fit on the line has its operators at the beginning of lines. */
function printParen(writer: Writer, inner: Expr, at: Span): void {
  writer.token("(", at.start);
  const close = at.end - 1;
  const together = (): void => {
    writer.indent(1);
    printExpr(writer, inner);
    writer.flush(close);
    writer.indent(-1);
    writer.token(")", close);
  };
  if (writer.attempt(together)) return;
  const breaks = (): void => writer.line(false);
  if (inner.type === "binary") printLines(writer, close, ")", [() => printBinary(writer, inner, breaks)]);
  else if (inner.type === "conditional")
    printLines(writer, close, ")", [() => printConditional(writer, inner, breaks)]);
  else together();
}

type Conditional = Extract<Expr, { type: "conditional" }>;
type Binary = Extract<Expr, { type: "binary" }>;

function printConditional(writer: Writer, { condition, then, otherwise }: Conditional, separate: () => void): void {
  printOperand(writer, condition, 0);
  separate();
  word(writer, "?");
  printExpr(writer, then);
  separate();
  word(writer, ":");
  printExpr(writer, otherwise);
}

const precedence: Readonly<Record<BinaryOperator, number>> = {
  "||": 0,
  "&&": 1,
  "==": 2,
  "!=": 2,
  "<": 3,
  "<=": 3,
  ">": 3,
  ">=": 3,
  "..": 4,
  "+": 5,
  "-": 5,
  "*": 6,
  "/": 6,
  "%": 6,
};
/** Of what stands before an operator that takes one operand. */
const highest = 7;

function printBinary(writer: Writer, expr: Binary, separate: () => void): void {
  const level = precedence[expr.operator];
  const chains = level < 2 || level > 4;
  const { left } = expr;
  if (chains && left.type === "binary" && precedence[left.operator] === level) printBinary(writer, left, separate);
  else printOperand(writer, left, chains ? level : level + 1);
  if (expr.operator === "..") writer.found("..");
  else {
    separate();
    word(writer, expr.operator);
  }
  printOperand(writer, expr.right, level + 1);
}

/** An operand, in parentheses where it binds less than its place asks; a parsed tree has them already. */
function printOperand(writer: Writer, expr: Expr, least: number): void {
  const loose =
    expr.type === "conditional" ||
    (expr.type === "binary" && precedence[expr.operator] < least) ||
    (expr.type === "unary" && highest < least);
  if (!loose) return printExpr(writer, expr);
  writer.token("(", expr.span.start, expr.span.start);
  printExpr(writer, expr);
  writer.token(")");
}

function printString(writer: Writer, string: StringExpr): void {
  const { start, end } = string.span;
  const lines = string.form === "line" ? undefined : textLines(string);
  if (lines === undefined) return writer.token(lineText(string), start, end);
  const margin = writer.margin(1);
  writer.token(lines.quotes, start, end);
  writer.lines(`\n${indentLines(lines.text, margin)}${margin}${lines.quotes}`);
}

function textLines(string: StringExpr): { readonly quotes: string; readonly text: string } | undefined {
  const { parts } = string;
  const last = parts.at(-1) ?? "";
  if (typeof last !== "string" || !endsLine(last)) return undefined;
  if (string.form === "raw" && parts.length < 2 && fitsRaw(last)) return { quotes: "'''", text: last };
  return { quotes: '"""', text: parts.map((part) => partText(part, escapeText)).join("") };
}

function lineText(string: StringExpr): string {
  return `"${string.parts.map((part) => partText(part, escapeLine)).join("")}"`;
}

function partText(part: string | Expr, escape: (text: string) => string): string {
  if (typeof part === "string") return escape(part);
  // No comment stands in an interpolation, and it has one line.
  const writer = new Writer(part.span, []);
  printExpr(writer, part);
  return `\${${writer.finish().trimEnd()}}`;
}
