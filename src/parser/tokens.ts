import {
  createToken,
  type CustomPatternMatcherFunc,
  type IToken,
  type ITokenConfig,
  Lexer,
  tokenMatcher,
  type TokenType,
} from "chevrotain";
import {
  endOfChunk,
  endOfInterpolation,
  endOfString,
  endOfTextChunk,
  findTextCloser,
  textCloser,
  type TextQuotes,
} from "./scan.js";

/**
 * The tokens of .phx. Whatever is glued is one token, whether it is well formed or not, and the last token takes every
 * other character, so that the lexer never drops one.
 */

const category = (name: string): TokenType => createToken({ name, pattern: Lexer.NA });

/** Keywords are so only in place; elsewhere they are words. */
export const Word = category("Word");
/** The words that may begin a block. */
export const Kind = category("Kind");
/** The words that may be an argument of a block. */
export const ArgWord = category("ArgWord");
export const BinOp = category("BinOp");
export const UnaryOp = category("UnaryOp");
export const Separator = category("Separator");
/** What makes an entry an attribute: `=`, `+=`, and `:` with its fix. */
export const Assign = category("Assign");
/** All that may stand where it should not: everything but brackets, separators and the parts of strings. */
export const Junk = category("Junk");

type Matcher = (text: string, offset: number) => string | undefined;

/** A pattern of our own; `starts` are the characters that it can begin with. */
function custom(match: Matcher, starts: string | readonly number[], lineBreaks = false): Partial<ITokenConfig> {
  const pattern: CustomPatternMatcherFunc = (text, offset) => {
    const found = match(text, offset);
    return found === undefined || found === "" ? null : [found];
  };
  const hint = typeof starts === "string" ? [...starts] : [...starts];
  return { pattern, line_breaks: lineBreaks, start_chars_hint: hint };
}

const token = (name: string, config: RegExp | Partial<ITokenConfig>, ...categories: TokenType[]): TokenType =>
  createToken({ name, categories, ...(config instanceof RegExp ? { pattern: config } : config) });

/** One code of every bucket that Chevrotain sorts first characters into. */
const anyCharacter = [
  ...Array.from({ length: 256 }, (_, i) => i),
  ...Array.from({ length: 257 }, (_, i) => Math.min(256 + i * 255, 0xffff)),
];
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

const rest: Matcher = (text, offset) => text.slice(offset);

/** Thrown through the lexer by a text with more than {@link mostTokens}. */
export class TooManyTokens extends Error {
  readonly offset: number;
  constructor(offset: number) {
    super();
    this.offset = offset;
  }
}

/** Half as many again as the largest file of ordinary lines has: with more, reading costs more than a mistake should. */
export const mostTokens = 3_000_000;

const countTokens: CustomPatternMatcherFunc = (_, offset, tokens) => {
  if (tokens.length > mostTokens) throw new TooManyTokens(offset);
  return null;
};
/** Never there; asked before each token. */
const Guard = token("Guard", {
  pattern: countTokens,
  line_breaks: false,
  start_chars_hint: anyCharacter,
});

// Space and comments

const Bom = token("Bom", {
  ...custom((text, offset) => (offset === 0 && text.startsWith("\uFEFF") ? "\uFEFF" : undefined), [0xfeff]),
  group: Lexer.SKIPPED,
});
export const NewLine = token("NewLine", { pattern: /\r\n?|\n/, line_breaks: true }, Separator);
const Space = token("Space", { pattern: /[ \t]+/, group: Lexer.SKIPPED });
const LineComment = token("LineComment", { pattern: /(?:#|\/\/)[^\r\n]*/, group: "comments" });
const blockComment: Matcher = (text, offset) => {
  const end = text.startsWith("/*", offset) ? text.indexOf("*/", offset + 2) : -1;
  return end === -1 ? undefined : text.slice(offset, end + 2);
};
const BlockComment = token("BlockComment", { ...custom(blockComment, "/", true), group: "comments" });
const BadComment = token("BadComment", {
  ...custom((text, offset) => (text.startsWith("/*", offset) ? text.slice(offset) : undefined), "/", true),
  group: "badComments",
});

// Words and literals

const url = /[A-Za-z][\w+-]{0,30}:\/\/[^\s"',(){}[\]]*/y;
const path = /(?:~|\.{1,2})?\/[\w.][^\s"',#(){}[\]]*/y;
const bareText: Matcher = (text, offset) => {
  const isPath = "/~.".includes(text[offset] ?? " ");
  // A path begins a word; after one, `/` is glued to it or an operator.
  if (isPath && offset > 0 && !/[\s=[({,]/.test(text[offset - 1] ?? "")) return undefined;
  const pattern = isPath ? path : url;
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
};
/** A URL or a path without quotes, taken whole to say so. */
export const BareText = token("BareText", custom(bareText, `${letters}/~.`), Junk);

/** Everything that begins with a digit, or hexadecimal groups joined by colons, with all that is glued to it. */
export const Literal = token(
  "Literal",
  {
    pattern:
      /(?:\d|::|[A-Fa-f][\dA-Fa-f]{0,3}(?:(?::[\dA-Fa-f]{1,4}){2}|(?::[\dA-Fa-f]{1,4})?::))(?:\w|-(?=\w)|\/(?=\w)|%|::|:(?=[\w/])|\.(?=\w))*/,
  },
  Junk,
);

export const Name = token("Name", /[A-Za-z_]\w*(?:(?:-+|\/)\w+)*/, Word, Kind, ArgWord, Junk);
const keyword = (name: string, ...categories: TokenType[]): TokenType =>
  token(name, { pattern: new RegExp(name.toLowerCase()), longer_alt: Name }, Word, Junk, ...categories);
export const Import = keyword("Import", ArgWord);
export const Param = keyword("Param", ArgWord);
export const Let = keyword("Let", ArgWord);
export const Assert = keyword("Assert", ArgWord);
export const For = keyword("For", ArgWord);
export const In = keyword("In", Kind, ArgWord);
export const Extends = keyword("Extends", Kind);
export const When = keyword("When", Kind);
const keywords = [Import, Param, Let, Assert, For, In, Extends, When];

// Strings

const lineRest = (text: string, offset: number): string => {
  const end = text.slice(offset).search(/[\r\n]/);
  return end === -1 ? text.slice(offset) : text.slice(offset, offset + end);
};
const quotesAt = (text: string, offset: number): TextQuotes | undefined =>
  text.startsWith('"""', offset) ? '"""' : text.startsWith("'''", offset) ? "'''" : undefined;

/** `"""x"""` on one line: no form of the language, taken whole to say so. */
export const InlineText = token(
  "InlineText",
  custom((text, offset) => inlineText(text, offset), "\"'"),
);
function inlineText(text: string, offset: number): string | undefined {
  const quotes = quotesAt(text, offset);
  const close = quotes === undefined ? -1 : text.indexOf(quotes, offset + 3);
  const found = close === -1 ? "" : text.slice(offset, close + 3);
  return /[\r\n]/.test(found) ? undefined : found;
}
const textOpen: Matcher = (text, offset) => {
  if (quotesAt(text, offset) !== '"""' || findTextCloser(text, offset, '"""') === undefined) return undefined;
  const line = lineRest(text, offset);
  const end = offset + line.length;
  return line + (text.startsWith("\r\n", end) ? "\r\n" : (text[end] ?? ""));
};
/** The opening quotes of a text with the rest of their line, which should be empty. */
export const TextOpen = token("TextOpen", { ...custom(textOpen, '"', true), push_mode: "text" });
const rawText: Matcher = (text, offset) => {
  const closer = quotesAt(text, offset) === "'''" ? findTextCloser(text, offset, "'''") : undefined;
  return closer === undefined ? undefined : text.slice(offset, closer.end);
};
/** A whole `'''` text. */
export const RawText = token("RawText", custom(rawText, "'", true));
const badText: Matcher = (text, offset) => (quotesAt(text, offset) === undefined ? undefined : rest(text, offset));
/** A text that is not closed: the rest of the file. */
export const BadText = token("BadText", custom(badText, "\"'", true));
export const SingleQuoted = token("SingleQuoted", /'[^'\r\n]*'/);
export const StrOpen = token("StrOpen", {
  ...custom((text, offset) => (endOfString(text, offset) === -1 ? undefined : '"'), '"'),
  push_mode: "string",
});
/** A string that is not closed: the rest of its line. */
export const BadStr = token(
  "BadStr",
  custom((text, offset) => (text[offset] === '"' ? lineRest(text, offset) : undefined), '"'),
);

export const StrClose = token("StrClose", { pattern: /"/, pop_mode: true });
const textClose: Matcher = (text, offset) => textCloser(text, offset);
/** The line of the closing quotes, with its white space. */
export const TextClose = token("TextClose", { ...custom(textClose, ' \t"'), pop_mode: true });
const interpOpen: Matcher = (text, offset) =>
  text.startsWith("${", offset) && endOfInterpolation(text, offset) !== -1 ? "${" : undefined;
export const InterpOpen = token("InterpOpen", { ...custom(interpOpen, "$"), push_mode: "interp" });
export const InterpClose = token("InterpClose", { pattern: /\}/, pop_mode: true });
/** A `${` in a text that is not closed on its line. */
export const BadInterp = token("BadInterp", /\$\{/);
/** Characters of a string, escapes included. */
export const Chunk = token(
  "Chunk",
  custom((text, at) => text.slice(at, endOfChunk(text, at)), anyCharacter),
);
/** Characters of a text, escapes and line ends included. */
export const TextChunk = token(
  "TextChunk",
  custom((text, at) => text.slice(at, endOfTextChunk(text, at)), anyCharacter, true),
);

// Operators and brackets

export const PlusEquals = token("PlusEquals", /\+=/, Assign, Junk);
const equality = token("Equality", /==|!=/, BinOp, Junk);
const comparison = token("Comparison", /<=|>=|<|>/, BinOp, Junk);
export const Equals = token("Equals", /=/, Assign, Junk);
const logical = token("Logical", /&&|\|\|/, BinOp, Junk);
const Bang = token("Bang", /!/, UnaryOp, Junk);
export const DotDot = token("DotDot", /\.\./, BinOp, Junk);
export const Dot = token("Dot", /\./, Junk);
export const Comma = token("Comma", /,/, Separator);
export const Question = token("Question", /\?/, Junk);
export const Colon = token("Colon", /:/, Assign, Junk);
export const LParen = token("LParen", /\(/);
export const RParen = token("RParen", /\)/);
export const LSquare = token("LSquare", /\[/);
export const RSquare = token("RSquare", /\]/);
const Minus = token("Minus", /-/, BinOp, UnaryOp, Junk);
const plus = token("Plus", /\+/, BinOp, Junk);
const product = token("Product", /[*/%]/, BinOp, Junk);
export const LCurly = token("LCurly", /\{/);
export const RCurly = token("RCurly", /\}/);
/** A brace inside an interpolation, where none may stand. */
export const BadBrace = token("BadBrace", /\{/, Junk);
const badChar: Matcher = (text, offset) => {
  const run = /[^\x00-\x7f]+/y;
  run.lastIndex = offset;
  return run.exec(text)?.[0] ?? text[offset];
};
/** Any other character, or a run of those outside ASCII. */
export const BadChar = token("BadChar", custom(badChar, anyCharacter), Junk);

const words = [Literal, ...keywords, Name];
const operators = [
  [PlusEquals, equality, comparison, Equals, logical, Bang, DotDot, Dot, Comma, Question, Colon],
  [LParen, RParen, LSquare, RSquare, Minus, plus, product],
].flat();
const modes = {
  main: [
    [Guard, Bom, NewLine, Space, LineComment, BlockComment, BadComment, BareText, ...words],
    [InlineText, TextOpen, RawText, BadText, StrOpen, BadStr, SingleQuoted, ...operators, LCurly, RCurly, BadChar],
  ].flat(),
  string: [Guard, StrClose, InterpOpen, BadInterp, Chunk],
  text: [Guard, TextClose, InterpOpen, BadInterp, TextChunk],
  interp: [Guard, Space, ...words, StrOpen, ...operators, InterpClose, BadBrace, BadChar],
};

const categories = [Word, Kind, ArgWord, BinOp, UnaryOp, Separator, Assign, Junk];

/** Every token type once, for the grammar. */
export const vocabulary: TokenType[] = [...new Set([...categories, ...Object.values(modes).flat()])];

/** Makes the lexer; costs some milliseconds, so that callers keep it. Its own checks are for tests. */
export function createLexer(skipValidations = true): Lexer {
  return new Lexer(
    { modes, defaultMode: "main" },
    { positionTracking: "full", ensureOptimizations: true, skipValidations },
  );
}

/** Whether a token is of a type or category. */
export function tokenIs(token: IToken, type: TokenType): boolean {
  return tokenMatcher(token, type);
}

/** The offset after a token; of one that recovery made up, its start. */
export function endOf(token: IToken): number {
  return (token.endOffset ?? token.startOffset) + 1;
}
