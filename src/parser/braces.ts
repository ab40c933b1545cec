import type { IToken } from "chevrotain";
import { position, type SourceFile } from "../text/source.js";
import { BadStr, BadText, LCurly, NewLine, RCurly, tokenIs, Word } from "./tokens.js";

/** A `{` that no `}` closes, as far as the indentation tells which one it is. */
export interface UnclosedBrace {
  readonly open: IToken;
  /** The first token of the opener's line: where its header begins. */
  readonly header: IToken;
  /** The first entry in column 1 after it: there the block should have been over. */
  readonly resume?: IToken;
}

interface Open {
  readonly open: IToken;
  readonly header: IToken;
  readonly indent: number;
}

/** More missing braces than this are not looked for: each costs a walk through the rest of the file. */
const mostUnclosed = 20;

/** The missing braces of a file: after each, the search goes on where its block should have been over. */
export function findUnclosedBraces(file: SourceFile, tokens: readonly IToken[]): readonly UnclosedBrace[] {
  const found: UnclosedBrace[] = [];
  let rest = tokens;
  while (found.length < mostUnclosed) {
    const unclosed = findUnclosedBrace(file, rest);
    if (unclosed === undefined) break;
    found.push(unclosed);
    if (unclosed.resume === undefined) break;
    rest = rest.slice(rest.indexOf(unclosed.resume));
  }
  return found;
}

/**
 * Looks for a missing `}`. It shows only at the end of the file, so the indentation is asked: the first `}` that stands
 * further left than the line of its opener closes somebody else's block.
 */
function findUnclosedBrace(file: SourceFile, tokens: readonly IToken[]): UnclosedBrace | undefined {
  const stack: Open[] = [];
  let suspect: Open | undefined;
  for (const { token, first, leads } of withLines(tokens)) {
    if (token.tokenType === BadText) return undefined;
    if (token.tokenType === LCurly) {
      stack.push({ open: token, header: first, indent: column(file, first) });
    } else if (token.tokenType === RCurly) {
      const opened = stack.pop();
      if (opened !== undefined && leads && column(file, token) < opened.indent) suspect ??= opened;
    } else if (token.tokenType === BadStr) {
      for (const bracket of danglingBrackets(token.image)) {
        if (bracket === "{") stack.push({ open: token, header: first, indent: column(file, first) });
        else if (bracket === "}" && stack.at(-1)?.header === first) stack.pop();
      }
    }
  }
  const innermost = stack.at(-1);
  if (innermost === undefined) return undefined;
  const { open, header } = suspect ?? innermost;
  const resume = firstInColumnOne(file, tokens, open);
  return resume === undefined ? { open, header } : { open, header, resume };
}

/**
 * The brackets that an unclosed string swallowed although they probably end its line: closers without an opener in it,
 * and an opening brace at its very end.
 */
export function danglingBrackets(image: string): readonly string[] {
  const pairs: Readonly<Record<string, string>> = { "}": "{", "]": "[", ")": "(" };
  const open: string[] = [];
  const dangling: string[] = [];
  for (const c of image) {
    if (c === "{" || c === "[" || c === "(") open.push(c);
    else if (pairs[c] !== undefined && open.at(-1) === pairs[c]) open.pop();
    else if (pairs[c] !== undefined) dangling.push(c);
  }
  return /\{\s*$/.test(image) ? [...dangling, "{"] : dangling;
}

/** Every token but line ends, with the first token of its line. */
export function* withLines(
  tokens: readonly IToken[],
): Generator<{ readonly token: IToken; readonly first: IToken; readonly leads: boolean }> {
  let first: IToken | undefined;
  for (const token of tokens) {
    if (token.tokenType === NewLine) first = undefined;
    else {
      const leads = first === undefined;
      first ??= token;
      yield { token, first, leads };
    }
  }
}

/** The column of a token, counted from 1. */
export function column(file: SourceFile, token: IToken): number {
  return position(file, token.startOffset).column;
}

function firstInColumnOne(file: SourceFile, tokens: readonly IToken[], open: IToken): IToken | undefined {
  for (const { token, leads } of withLines(tokens)) {
    if (!leads || token.startOffset <= open.startOffset) continue;
    if (tokenIs(token, Word) && column(file, token) === 1) return token;
  }
  return undefined;
}
