import type { CstNode, IToken } from "chevrotain";
import {
  argumentNeedsParentheses,
  missingSeparator,
  needsQuotes,
  spacedUnit,
  unexpected,
} from "../diagnostics/catalogue/syntax.js";
import type { Fix } from "../diagnostics/diagnostic.js";
import { type SourceFile, span } from "../text/source.js";
import { isNode, onlyChild, rangeOf, rangeOfToken, subs } from "./cst.js";
import { describe, gluedWord, shorten } from "./describe.js";
import type { Report } from "./report.js";
import * as t from "./tokens.js";

/** What the junk follows: it decides which sentence helps. */
export type JunkPlace = "start" | "attribute" | "param" | "block" | "element" | "argument" | "paren";

/** The first tokens of a stretch of junk, and where it begins and ends. */
interface Stretch {
  readonly first: IToken;
  readonly second: IToken | undefined;
  readonly start: number;
  readonly end: number;
  readonly hasBody: boolean;
  readonly hasAssign: boolean;
}

/**
 * Reports a stretch of junk; only what it begins with matters, the rest of the line is its consequence. `junk` are the
 * nodes of the rules `junk` or `stray`; `before` is the offset where the last sensible thing ended.
 */
export function reportJunk(
  file: SourceFile,
  junk: readonly CstNode[],
  place: JunkPlace,
  before: number,
  report: Report,
): void {
  const stretch = stretchOf(junk);
  if (stretch === undefined) return;
  const { first } = stretch;
  // In a block, a dotted word is a reference, unless it is the key of an attribute.
  const isReference = place === "block" && first.tokenType === t.Dot && !stretch.hasAssign;
  if (stretch.start === before && !isReference && reportGlued(file, first, report)) return;
  if (reportUnit(file, first, before, report)) return;
  if (separatorMissing(stretch, place)) {
    const fix = { title: "insert `,`", span: span(file, before), replacement: "," };
    return report.addGrammar(missingSeparator, rangeOfToken(first), undefined, { fix });
  }
  const operates = t.tokenIs(first, t.BinOp) || [t.Dot, t.Question, t.DotDot].includes(first.tokenType);
  if (place === "block" && operates && first.image !== "==") {
    const what = first.tokenType === t.Dot ? "a reference" : "an expression";
    return report.addGrammar(argumentNeedsParentheses, rangeOfToken(first), { what });
  }
  const why = reason(stretch, place, file);
  const fix = surplusSign(file, stretch, place) ?? typeSign(file, stretch, place);
  report.addGrammar(
    unexpected,
    rangeOfToken(first),
    { found: describe(first), ...(why === undefined ? {} : { why }) },
    fix === undefined ? {} : { fix },
  );
}

/** `disk root: { ... }`, `vm 100 web = { ... }`: the sign goes. */
function surplusSign(file: SourceFile, { first }: Stretch, place: JunkPlace): Fix | undefined {
  const { start, end } = rangeOfToken(first);
  if (place !== "block" || !isAssignSign(first) || !/^[ \t]*\{/.test(file.text.slice(end))) return undefined;
  const from = /[ \t]*$/.exec(file.text.slice(0, start))?.[0].length ?? 0;
  const to = /^[ \t]*/.exec(file.text.slice(end))?.[0].length ?? 0;
  const replacement = " ";
  return { title: `remove \`${first.image}\``, span: span(file, start - from, end + to), replacement };
}

/** `param cores int` */
function typeSign(file: SourceFile, { first, start }: Stretch, place: JunkPlace): Fix | undefined {
  if (place !== "param" || !t.tokenIs(first, t.Word)) return undefined;
  const blanks = /[ \t]*$/.exec(file.text.slice(0, start))?.[0].length ?? 0;
  return { title: "insert `:`", span: span(file, start - blanks, start), replacement: ": " };
}

function isAssignSign(token: IToken): boolean {
  return token.tokenType === t.Equals || token.tokenType === t.Colon;
}

/** `local:vztmpl/x`, `lxc.cap.keep`, `vmbr0.100`: one word to the user, several tokens to us. False when it is no such thing. */
export function reportGlued(file: SourceFile, token: IToken, report: Report): boolean {
  const { start, end } = gluedWord(file.text, token.startOffset);
  const text = file.text.slice(start, end);
  if (start === token.startOffset || !/[A-Za-z]/.test(text) || !/[.:/@]\w/.test(text)) return false;
  const fix = { title: "put it in quotes", span: span(file, start, end), replacement: `"${text}"` };
  report.addGrammar(needsQuotes, { start, end }, { text: shorten(text), what: "text like this" }, { fix });
  return true;
}

function reportUnit(file: SourceFile, first: IToken, before: number, report: Report): boolean {
  const number = /\d+(?:\.\d+)?$/.exec(file.text.slice(Math.max(0, before - 20), before))?.[0];
  const isUnit = /^(?:[KMGT]|[KMGT]iB|[kKMGT]B|ms|s|m|h|d)$/.test(first.image);
  if (number === undefined || !isUnit || first.startOffset === before) return false;
  const unit = first.image.replace(/^([kKMGT])B$/, (_, prefix: string) => `${prefix.toUpperCase()}iB`);
  const start = before - number.length;
  const end = t.endOf(first);
  const fix = { title: "write one word", span: span(file, start, end), replacement: `${number}${unit}` };
  report.addGrammar(spacedUnit, { start, end }, { number, unit }, { fix });
  return true;
}

function separatorMissing({ first, second, hasBody }: Stretch, place: JunkPlace): boolean {
  if (place === "element") {
    return first.tokenType === t.Literal || first.tokenType === t.StrOpen || t.tokenIs(first, t.Word);
  }
  const begins = t.tokenIs(first, t.Word) || first.tokenType === t.StrOpen;
  if (place !== "attribute" && place !== "block") return false;
  if (begins && second !== undefined && t.tokenIs(second, t.Assign) && second.tokenType !== t.Colon) return true;
  return begins && place === "attribute" && (hasBody || entryKeywords.includes(first.tokenType));
}

const entryKeywords = [t.Let, t.Param, t.Import, t.Assert, t.For];

function reason({ first, hasBody, start }: Stretch, place: JunkPlace, file: SourceFile): string | undefined {
  const inWords: Readonly<Record<string, string>> = { and: "write `&&`", or: "write `||`", not: "write `!`" };
  const word = inWords[first.image];
  if (word !== undefined && place !== "start") return word;
  if (place === "param" && t.tokenIs(first, t.Word)) return "a type stands after `:`";
  if (first.image === "==" && place === "block") return "an attribute is set with one `=`";
  if (first.tokenType === t.Equals && place === "block" && !hasBody) return "an attribute is one name, `=` and a value";
  if (place === "block" && isAssignSign(first)) {
    return "what a block holds stands in braces, and its profiles follow `extends`";
  }
  if (first.tokenType === t.Extends || first.tokenType === t.When) {
    return "a block is written `kind arguments extends profile when condition { ... }`";
  }
  if (first.tokenType === t.LCurly && place === "start") {
    const isWhole = file.text.slice(0, start).trim() === "";
    return `a block begins with its kind${isWhole ? "; the name of a JSON configuration ends in .json" : ""}`;
  }
  if (place === "start") return `an entry begins with a name${isValue(first) ? "; a list is written `[a, b]`" : ""}`;
  return undefined;
}

/** `- a` on a line of its own, or the second of `22, 23`. */
function isValue(token: IToken): boolean {
  return token.image === "-" || token.tokenType === t.Literal;
}

function stretchOf(junk: readonly CstNode[]): Stretch | undefined {
  const tokens = junk.flatMap((node) => firstToken(node) ?? []);
  const [first, second] = tokens;
  const last = rangeOf(junk.at(-1));
  if (first === undefined || last === undefined) return undefined;
  const hasBody = junk.some((node) => subs(node, "body").length > 0);
  const hasAssign = tokens.some((token) => t.tokenIs(token, t.Assign));
  return { first, second, start: first.startOffset, end: last.end, hasBody, hasAssign };
}

function firstToken(node: CstNode): IToken | undefined {
  let child = onlyChild(node);
  while (child !== undefined && isNode(child)) {
    const children = Object.values(child.children).flat();
    child = children.toSorted((a, b) => startOf(a) - startOf(b))[0];
  }
  return child;
}

function startOf(element: CstNode | IToken): number {
  return isNode(element) ? (rangeOf(element)?.start ?? Infinity) : element.startOffset;
}
