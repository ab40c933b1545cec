/** Kinds of the tokens that JSON text is made of. */
export const Token = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  comma: 5,
  colon: 6,
  string: 10,
  number: 11,
  word: 16,
  end: 17,
} as const;

/** What jsonc-parser's error codes mean, for people. */
export const SYNTAX_ERRORS: ReadonlyMap<number, string> = new Map([
  [1, "only numbers, `true`, `false` and `null` stand without quotes"],
  [2, "this number is malformed"],
  [3, "a name in double quotes was expected"],
  [4, "a value was expected"],
  [5, "a colon was expected after the name"],
  [6, "a comma was expected before this"],
  [7, "the closing `}` is missing"],
  [8, "the closing `]` is missing"],
  [9, "the file goes on after its end"],
  [11, "this comment has no end, and JSON has no comments"],
  [12, "this text has no closing quote"],
  [13, "this number is incomplete"],
  [14, "`\\u` wants four hexadecimal digits"],
  [15, "JSON knows no such escape"],
  [16, "control characters in text must be escaped"],
]);

/** jsonc-parser's code for a comment in strict JSON. */
export const COMMENT_ERROR = 10;

/** jsonc-parser's codes for a bare word, and for what it says of the same place once more. */
export const INVALID_SYMBOL = 1;
export const VALUE_EXPECTED = 4;
