import { Token } from "./tokens.js";

/** A kind of {@link Token}; `word` is everything else that is not white space or a comment. */
export type TokenKind = (typeof Token)[keyof typeof Token];

/** The tokens of a text, one after the other; never fails, whatever the text is. */
export interface Scanner {
  /** Goes to the next token and returns its kind; white space and comments are passed over. */
  readonly scan: () => TokenKind;
  readonly start: () => number;
  readonly end: () => number;
  /** A string without its quotes and escapes, anything else as written. */
  readonly value: () => string;
}

const PUNCTUATION: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
  ["{", Token.openBrace],
  ["}", Token.closeBrace],
  ["[", Token.openBracket],
  ["]", Token.closeBracket],
  [",", Token.comma],
  [":", Token.colon],
]);

/** A string ends with its line at the latest; a number only where nothing is glued to it. */
const TOKENS =
  /\/\/[^\r\n]*|\/\*[^]*?(?:\*\/|$)|([{}[\],:])|("(?:[^"\\\r\n]|\\[^\r\n])*"?)|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![^\s{}[\],:"])|([^\s{}[\],:"/]+|\/)/g;

/**
 * Scans with one pattern: configurations are read once by a program that ends at once, where a scanner that looks at each
 * character never gets compiled and costs more than all the rest of reading.
 */
export function createScanner(text: string): Scanner {
  const pattern = new RegExp(TOKENS);
  let token = "";
  let start = text.length;
  const scan = (): TokenKind => {
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      token = match[0];
      start = match.index;
      if (match[2] !== undefined) return Token.string;
      if (match[1] !== undefined) return PUNCTUATION.get(token) ?? Token.word;
      if (match[3] !== undefined) return Token.number;
      if (match[4] !== undefined) return Token.word;
    }
    token = "";
    start = text.length;
    return Token.end;
  };
  return { scan, start: () => start, end: () => start + token.length, value: () => tokenValue(token) };
}

/** A string without its quotes and escapes, anything else as written. */
export function tokenValue(token: string): string {
  if (!token.startsWith('"')) return token;
  const isClosed = token.length > 1 && token.endsWith('"');
  const inner = token.slice(1, isClosed ? -1 : undefined);
  if (!inner.includes("\\")) return inner;
  try {
    return String(JSON.parse(`"${inner}"`));
  } catch {
    return inner;
  }
}
