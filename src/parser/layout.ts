import { createTokenInstance, type IToken, type TokenType } from "chevrotain";
import {
  beyondLimit,
  leadingComma,
  missingBrace,
  missingCloser,
  unmatchedCloser,
} from "../diagnostics/catalogue/syntax.js";
import { type SourceFile, span } from "../text/source.js";
import { column, danglingBrackets, findUnclosedBraces } from "./braces.js";
import { rangeOfToken } from "./cst.js";
import { deepestNesting, NestingMeter } from "./nesting.js";
import type { Report } from "./report.js";
import {
  Assign,
  BadStr,
  BadText,
  BinOp,
  Colon,
  Comma,
  Dot,
  endOf,
  InterpClose,
  InterpOpen,
  LCurly,
  Literal,
  LParen,
  LSquare,
  NewLine,
  Question,
  RCurly,
  RParen,
  RSquare,
  StrClose,
  StrOpen,
  tokenIs,
  UnaryOp,
  Word,
} from "./tokens.js";

interface Frame {
  readonly open: IToken;
  readonly closer: TokenType;
  /** The first token of the opener's line. */
  readonly lineStart: IToken;
}

const closerOf = new Map<TokenType, TokenType>([
  [LCurly, RCurly],
  [LParen, RParen],
  [LSquare, RSquare],
  [InterpOpen, InterpClose],
]);
const signs = new Map<TokenType, string>([
  [LCurly, "{"],
  [RCurly, "}"],
  [LParen, "("],
  [RParen, ")"],
  [LSquare, "["],
  [RSquare, "]"],
  [InterpOpen, "${"],
  [InterpClose, "}"],
]);
const openerOf = new Map([...closerOf].map(([opener, closer]) => [closer, opener]));

/**
 * The pass between lexer and parser: drops the line ends that mean nothing, and balances the brackets, so that the
 * grammar never meets one without its partner. What it inserts has no width.
 */
export function layOut(file: SourceFile, tokens: readonly IToken[], report: Report): IToken[] {
  const unclosed = findUnclosedBraces(file, tokens);
  for (const { open, header, resume } of unclosed) reportBrace(file, open, header, resume, report);
  const resumes = new Set(unclosed.map(({ resume }) => resume));
  const swallowed = tokens.at(-1)?.tokenType === BadText;
  const layout = new Layout(file, report, unclosed.length > 0 || swallowed);
  let first = tokens[0];
  for (const [i, token] of tokens.entries()) {
    if (token.tokenType === NewLine) {
      first = tokens[i + 1];
      layout.newLine(token, tokens[i + 1], tokens[i + 2]);
      continue;
    }
    if (resumes.has(token)) layout.resume(token.startOffset);
    if (!layout.take(token, first ?? token) || report.full()) break;
  }
  if (swallowed) layout.silence();
  layout.closeAll(file.text.length);
  return layout.out;
}

function reportBrace(file: SourceFile, open: IToken, header: IToken, resume: IToken | undefined, report: Report): void {
  const related =
    resume === undefined
      ? []
      : [{ span: span(file, resume.startOffset, endOf(resume)), message: "this begins a new block at the margin" }];
  const text = file.text.slice(header.startOffset, open.startOffset).trim();
  const shown = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  report.addDecisive(missingBrace, rangeOfToken(open), { header: shown === "" ? "{" : shown }, { related });
}

/** The bracket stack and what has been kept so far. */
class Layout {
  readonly out: IToken[] = [];
  private readonly file: SourceFile;
  private readonly report: Report;
  private readonly stack: Frame[] = [];
  private readonly nesting = new NestingMeter();
  private readonly reportedLines = new Set<IToken>();
  /** A missing brace has been reported: what follows from it is not. */
  private readonly bracesKnown: boolean;

  constructor(file: SourceFile, report: Report, bracesKnown: boolean) {
    this.file = file;
    this.report = report;
    this.bracesKnown = bracesKnown;
  }

  /** Handles every token but line ends; false when the nesting is too deep to go on. */
  take(token: IToken, lineStart: IToken): boolean {
    const type = token.tokenType;
    const closer = closerOf.get(type);
    if (closer !== undefined) this.open(token, closer, lineStart);
    else if (openerOf.has(type)) this.close(token, lineStart);
    else if (type === Comma) this.comma(token);
    else this.out.push(token);
    if (type === BadStr) this.afterUnclosedString(token, lineStart);
    if (tokenIs(token, BinOp) || tokenIs(token, UnaryOp) || type === Dot || type === Question) this.nesting.operator();
    if (!this.nesting.tooDeep()) return true;
    const args = { what: "brackets and operators are nested too deep", limit: String(deepestNesting) };
    this.report.addDecisive(beyondLimit, rangeOfToken(token), args);
    this.silence();
    return false;
  }

  /** What is open now will not be reported. */
  silence(): void {
    for (const frame of this.stack) this.reportedLines.add(frame.lineStart);
  }

  /** Keeps a line end where it separates; `next` and `second` follow it. */
  newLine(token: IToken, next: IToken | undefined, second: IToken | undefined): void {
    const top = this.stack.at(-1);
    if (next?.tokenType === NewLine) return;
    if (top !== undefined && isInner(top) && this.beginsEntry(top, next, second)) {
      this.settle(next);
      this.closeInner(token.startOffset);
    }
    if (this.stack.at(-1)?.closer === RParen || this.nothingBefore()) return;
    this.nesting.separator();
    this.out.push(token);
  }

  /** Goes on at the level of the file, after a missing brace. */
  resume(offset: number): void {
    this.closeAll(offset);
    this.insert(NewLine, offset);
  }

  /** Closes what is open; braces silently, since the search for the missing one has reported. */
  closeAll(offset: number): void {
    for (;;) {
      this.closeInner(offset);
      const frame = this.pop();
      if (frame === undefined) return;
      this.insert(frame.closer, offset);
    }
  }

  private open(token: IToken, closer: TokenType, lineStart: IToken): void {
    // No expression goes on with a brace after an operand: it is the body after a missing closer.
    if (closer === RCurly && this.afterOperand()) this.closeInner(token.startOffset);
    this.stack.push({ open: token, closer, lineStart });
    this.nesting.open();
    this.out.push(token);
  }

  private pop(): Frame | undefined {
    const frame = this.stack.pop();
    if (frame !== undefined) this.nesting.close();
    return frame;
  }

  private comma(token: IToken): void {
    if (this.nothingBefore()) return this.report.addDecisive(leadingComma, rangeOfToken(token), undefined);
    this.nesting.separator();
    this.out.push(token);
  }

  private close(token: IToken, lineStart: IToken): void {
    const type = token.tokenType;
    const at = this.partner(type);
    const top = this.stack.at(-1);
    if (top !== undefined && isInner(top) && (at === -1 || this.mistyped(at, top, lineStart))) {
      this.replace(token, top);
    } else if (at === -1) {
      if (!(this.bracesKnown && type === RCurly)) this.reportUnmatched(token);
    } else {
      this.closeInner(token.startOffset, at + 1);
      this.pop();
      this.out.push(token);
    }
  }

  /** The frame that a closer closes: all close over open `(` and `[`, none over a brace. */
  private partner(closer: TokenType): number {
    for (let i = this.stack.length - 1; i >= 0; i--) {
      const frame = this.stack[i];
      if (frame?.closer === closer) return i;
      if (frame === undefined || !isInner(frame)) return -1;
    }
    return -1;
  }

  /** `[1, 2}` on one line, in a block that began on an earlier one. */
  private mistyped(at: number, top: Frame, lineStart: IToken): boolean {
    const partner = this.stack[at];
    return partner !== undefined && !isInner(partner) && top.lineStart === lineStart && partner.lineStart !== lineStart;
  }

  private replace(token: IToken, top: Frame): void {
    const right = sign(top.closer);
    const at = rangeOfToken(token);
    this.pop();
    this.report.addDecisive(
      unmatchedCloser,
      at,
      { closer: token.image, opener: sign(openerOf.get(token.tokenType) ?? LCurly) },
      {
        related: [{ span: span(this.file, top.open.startOffset, endOf(top.open)), message: "this is open" }],
        fix: { title: `write \`${right}\``, span: span(this.file, at.start, at.end), replacement: right },
      },
    );
    this.insert(top.closer, token.startOffset);
  }

  private reportUnmatched(token: IToken): void {
    const opener = sign(openerOf.get(token.tokenType) ?? LCurly);
    this.report.addDecisive(unmatchedCloser, rangeOfToken(token), { closer: token.image, opener });
  }

  /** Closes `(` and `[` down to the next brace or to a height of the stack, with one finding for each line. */
  private closeInner(offset: number, height = 0): void {
    while (this.stack.length > height) {
      const top = this.stack.at(-1);
      if (top === undefined || !isInner(top)) return;
      this.pop();
      if (!this.reportedLines.has(top.lineStart)) {
        this.reportedLines.add(top.lineStart);
        const args = { opener: sign(top.open.tokenType), closer: sign(top.closer) };
        this.report.addDecisive(missingCloser, rangeOfToken(top.open), args);
      }
      this.insert(top.closer, offset);
    }
  }

  /** An unclosed string swallowed the end of its line: its closers still close what this line opened. */
  private afterUnclosedString(token: IToken, lineStart: IToken): void {
    for (const bracket of danglingBrackets(token.image)) {
      const top = this.stack.at(-1);
      if (bracket === "{") {
        const open = inserted(LCurly, endOf(token));
        this.open(open, RCurly, lineStart);
      } else if (top !== undefined && top.lineStart === lineStart && sign(top.closer) === bracket) {
        this.pop();
        this.insert(top.closer, endOf(token));
      }
    }
  }

  /** Inside `(` or `[`: a line that can only be a new entry proves a missing closer. */
  private beginsEntry(top: Frame, next: IToken | undefined, second: IToken | undefined): boolean {
    if (next === undefined || second === undefined || !tokenIs(next, Word)) return false;
    if (tokenIs(second, Assign)) return second.tokenType !== Colon;
    const juxtaposed = [LCurly, Literal, StrOpen].includes(second.tokenType) || tokenIs(second, Word);
    return juxtaposed && column(this.file, next) <= column(this.file, top.lineStart);
  }

  private afterOperand(): boolean {
    const last = this.out.at(-1);
    if (last === undefined) return false;
    return tokenIs(last, Word) || [Literal, StrClose, RParen, RSquare].includes(last.tokenType);
  }

  private nothingBefore(): boolean {
    const last = this.out.at(-1)?.tokenType;
    return last === undefined || last === NewLine || last === Comma || closerOf.has(last);
  }

  private settle(token: IToken | undefined): void {
    if (token !== undefined) this.report.settle(token.startOffset);
  }

  private insert(type: TokenType, offset: number): void {
    this.out.push(inserted(type, offset));
  }
}

/** `(` and `[`, as opposed to the braces. */
function isInner(frame: Frame): boolean {
  return frame.closer === RParen || frame.closer === RSquare;
}

function inserted(type: TokenType, offset: number): IToken {
  return createTokenInstance(type, "", offset, offset - 1, NaN, NaN, NaN, NaN);
}

function sign(type: TokenType): string {
  return signs.get(type) ?? "";
}
