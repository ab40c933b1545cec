import { EOF, type IToken, type TokenType } from "chevrotain";
import { isLineEnd } from "./scan.js";
import * as t from "./tokens.js";

/** Words for tokens, as messages use them. */

const phrases = new Map<TokenType, string>([
  [EOF, "the end of the file"],
  [t.NewLine, "the end of the line"],
  [t.StrOpen, "a string"],
  [t.BadStr, "a string"],
  [t.SingleQuoted, "a string"],
  [t.TextOpen, "a text"],
  [t.RawText, "a text"],
  [t.BadText, "a text"],
  [t.InlineText, "a text"],
  [t.LCurly, "`{`"],
  [t.RCurly, "`}`"],
  [t.InterpClose, "`}`"],
  [t.LParen, "`(`"],
  [t.RParen, "`)`"],
  [t.LSquare, "`[`"],
  [t.RSquare, "`]`"],
]);

/** A token that was met. */
export function describe(token: IToken): string {
  return phrases.get(token.tokenType) ?? `\`${shorten(token.image)}\``;
}

/** A token type that was wanted, by its name. */
export function describeType(type: TokenType): string {
  const named: Readonly<Record<string, string>> = {
    Word: "a name",
    Kind: "a name",
    Assign: "`=`",
    Equals: "`=`",
    Colon: "`:`",
    In: "`in`",
    Literal: "a literal",
  };
  return named[type.name] ?? phrases.get(type) ?? type.name;
}

/** A text for a message: not longer than a few words. */
export function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}

/** All that stands around an offset without white space, brackets or quotes between: what the user wrote as one word. */
export function gluedWord(text: string, offset: number): { readonly start: number; readonly end: number } {
  let start = offset;
  let end = offset;
  while (start > 0 && offset - start < 200 && isGlued(text, start - 1)) start--;
  while (end < text.length && end - offset < 200 && isGlued(text, end)) end++;
  return { start, end };
}

function isGlued(text: string, at: number): boolean {
  return !isLineEnd(text.charCodeAt(at)) && /[\w.:/@%+~-]/.test(text[at] ?? "");
}
