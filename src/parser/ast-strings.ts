import type { CstNode, IToken } from "chevrotain";
import { badIndent, textOnOpeningLine, unknownEscape } from "../diagnostics/catalogue/syntax.js";
import type { ErrorExpr, Expr, StringExpr } from "../syntax/ast.js";
import { span } from "../text/source.js";
import { type Build, buildExpr, errorExpr } from "./ast-exprs.js";
import { leaf, onlyChild, rangeOf, sub, subs } from "./cst.js";
import { reportJunk } from "./junk.js";
import type { Report } from "./report.js";
import { isLineEnd } from "./scan.js";

/** A string of any form; what the lexer could not close is an error that has been reported. */
export function buildString(build: Build, node: CstNode): StringExpr | ErrorExpr {
  const at = rangeOf(node) ?? { start: 0, end: 0 };
  const whole = span(build.file, at.start, at.end);
  if (leaf(node, "StrOpen") !== undefined) {
    const parts = merge(subs(node, "part").map((part) => buildPart(build, part, undefined)));
    return { type: "string", span: whole, form: "line", parts };
  }
  const open = leaf(node, "TextOpen");
  const close = leaf(node, "TextClose");
  if (open !== undefined && close !== undefined) {
    checkOpening(build, open.startOffset, open.image);
    const indent = close.image.slice(0, close.image.indexOf('"'));
    const parts = merge(subs(node, "part").map((part) => buildPart(build, part, indent)));
    return { type: "string", span: whole, form: "text", parts };
  }
  const raw = leaf(node, "RawText");
  if (raw !== undefined) return { type: "string", span: whole, form: "raw", parts: merge([rawText(build, raw)]) };
  const single = leaf(node, "SingleQuoted");
  if (single !== undefined) return { type: "string", span: whole, form: "line", parts: merge([inner(single.image)]) };
  return { type: "error", span: whole };
}

/** The characters between one pair of quotes. */
function inner(image: string): string {
  return image.slice(1, -1);
}

function buildPart(build: Build, node: CstNode, indent: string | undefined): string | Expr {
  const token = leaf(node, "Chunk") ?? leaf(node, "TextChunk");
  if (token !== undefined) {
    return indent === undefined
      ? decode(token.image, token.startOffset, build.report)
      : dedent(build, token, indent, (line, offset) => decode(line, offset, build.report));
  }
  const interp = sub(node, "interp");
  if (interp === undefined) {
    const child = onlyChild(node);
    return errorExpr(build, child !== undefined && "image" in child ? child.startOffset : 0);
  }
  const { start, end } = rangeOf(interp) ?? { start: 0, end: 0 };
  if (indent !== undefined && indent !== "" && isLineEnd(build.file.text.charCodeAt(start - 1))) {
    build.report.add(badIndent, { start, end: start + 2 }, undefined);
  }
  const expr = buildExpr(build, sub(interp, "expr"), start + 2);
  const strays = subs(interp, "stray");
  reportJunk(build.file, strays, "paren", expr.span.end, build.report);
  return strays.length === 0 ? expr : errorExpr(build, start, end);
}

/** Joins neighbouring texts and drops empty ones. */
function merge(parts: readonly (string | Expr)[]): (string | Expr)[] {
  const merged: (string | Expr)[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (part === "") continue;
    if (typeof part === "string" && typeof last === "string") merged[merged.length - 1] = last + part;
    else merged.push(part);
  }
  return merged;
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", '"': '"', "\\": "\\", $: "$" };

function decode(image: string, offset: number, report: Report): string {
  if (!image.includes("\\")) return image;
  return image.replace(/\\(?:u\{([^}\s"]*)\}|([^]?))/g, (escape, hex: string | undefined, letter = "", at: number) => {
    const found = hex === undefined ? escapes[letter] : scalar(hex);
    if (found !== undefined) return found;
    report.add(unknownEscape, { start: offset + at, end: offset + at + escape.length }, { escape });
    return escape;
  });
}

function scalar(hex: string): string | undefined {
  const code = /^[\dA-Fa-f]{1,6}$/.test(hex) ? Number.parseInt(hex, 16) : NaN;
  const isScalar = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isScalar ? String.fromCodePoint(code) : undefined;
}

/** Removes the closer's white space from every line that begins in the chunk, and makes every line end `\n`. */
function dedent(
  build: Build,
  token: { readonly image: string; readonly startOffset: number },
  indent: string,
  read: (line: string, offset: number) => string,
): string {
  let result = "";
  for (const { 0: whole, 1: line = "", 2: lineEnd = "", index } of token.image.matchAll(/([^\r\n]*)(\r\n?|\n|$)/g)) {
    if (whole === "") break;
    const offset = token.startOffset + index;
    const begins = index > 0 || isLineEnd(build.file.text.charCodeAt(offset - 1));
    const removed = begins ? removable(build, line, lineEnd !== "", offset, indent) : 0;
    result += read(line.slice(removed), offset + removed) + (lineEnd === "" ? "" : "\n");
  }
  return result;
}

/** How many characters of the indentation go; a line that has less than the closer is reported, unless it is blank. */
function removable(build: Build, line: string, isComplete: boolean, offset: number, indent: string): number {
  if (line.startsWith(indent)) return indent.length;
  const own = /^[ \t]*/.exec(line)?.[0].length ?? 0;
  const isBlank = isComplete && own === line.length;
  if (!isBlank) build.report.add(badIndent, { start: offset, end: offset + Math.max(own, 1) }, undefined);
  return own;
}

function rawText(build: Build, token: IToken): string {
  const { image, startOffset } = token;
  const opening = /^[^\r\n]*(?:\r\n?|\n)/.exec(image)?.[0] ?? "";
  checkOpening(build, startOffset, opening);
  const closing = /[ \t]*'''[ \t]*$/.exec(image)?.[0] ?? "";
  const indent = closing.slice(0, closing.indexOf("'"));
  const content = image.slice(opening.length, image.length - closing.length);
  return dedent(build, { image: content, startOffset: startOffset + opening.length }, indent, (line) => line);
}

/** The opening quotes stand at the end of their line. */
function checkOpening(build: Build, offset: number, opening: string): void {
  const surplus = /\S.*/.exec(opening.slice(3));
  if (surplus === null) return;
  const start = offset + 3 + surplus.index;
  const at = { start, end: start + surplus[0].trimEnd().length };
  build.report.add(textOnOpeningLine, at, { quotes: opening.slice(0, 3) });
}

/** The decoded text of a string without interpolations; undefined when it has some. */
export function plainText(string: StringExpr | ErrorExpr): string | undefined {
  if (string.type === "error") return undefined;
  const [first = "", ...more] = string.parts;
  return typeof first === "string" && more.length === 0 ? first : undefined;
}
