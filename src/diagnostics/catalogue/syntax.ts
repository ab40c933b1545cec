import { diagnosticKind } from "../diagnostic.js";

/** Findings about the text of a .phx file, before anything is known about its meaning: PHX1001 to PHX1099. */

export const unexpected = diagnosticKind<{ found: string; why?: string }>({
  code: "PHX1001",
  severity: "error",
  title: "something that does not belong here",
  message: ({ found, why }) => `unexpected ${found}${why === undefined ? "" : `: ${why}`}`,
});

export const expected = diagnosticKind<{ wanted: string; found: string; where?: string; why?: string }>({
  code: "PHX1002",
  severity: "error",
  title: "something is missing",
  message: ({ wanted, found, where, why }) =>
    `expected ${wanted}${where === undefined ? "" : ` ${where}`}, found ${found}${why === undefined ? "" : `: ${why}`}`,
});

export const badCharacter = diagnosticKind<{ text: string; why: string }>({
  code: "PHX1003",
  severity: "error",
  title: "a character that the language does not have",
  message: ({ text, why }) => `${text} cannot stand here: ${why}`,
});

export const unclosedString = diagnosticKind<{ what: string }>({
  code: "PHX1004",
  severity: "error",
  title: "a string that does not end on its line",
  message: ({ what }) => `${what} on this line`,
  help: 'a string is "..." on one line; text of several lines stands between `"""` lines',
});

export const unclosedText = diagnosticKind<{ quotes: string }>({
  code: "PHX1005",
  severity: "error",
  title: "a text that never ends",
  message: ({ quotes }) => `this text has no closing \`${quotes}\``,
  help: ({ quotes }) => `the closing \`${quotes}\` stands alone on its line`,
});

export const textOnOpeningLine = diagnosticKind<{ quotes: string }>({
  code: "PHX1006",
  severity: "error",
  title: "a text that begins on the line of its quotes",
  message: ({ quotes }) => `\`${quotes}\` ends its line: the text begins on the next one`,
  help: ({ quotes }) => `text of one line is written "..."; the closing \`${quotes}\` stands alone on its line`,
});

export const singleQuotes = diagnosticKind({
  code: "PHX1007",
  severity: "error",
  title: "a string in single quotes",
  message: () => "strings stand in double quotes",
});

export const unknownEscape = diagnosticKind<{ escape: string }>({
  code: "PHX1008",
  severity: "error",
  title: "an unknown escape",
  message: ({ escape }) => `\`${escape}\` is not an escape`,
  help: 'the escapes are \\n, \\t, \\", \\\\, \\$ and \\u{...}; a backslash itself is written \\\\',
});

export const badIndent = diagnosticKind({
  code: "PHX1009",
  severity: "error",
  title: "a line of a text that is indented less than its end",
  message: () => "this line is indented less than the quotes that close the text",
  help: "the white space before the closing quotes is removed from every line, so every line must begin with it",
});

export const missingBrace = diagnosticKind<{ header: string }>({
  code: "PHX1010",
  severity: "error",
  title: "a brace that is never closed",
  message: ({ header }) => `the \`{\` of \`${header}\` is never closed`,
});

export const unmatchedCloser = diagnosticKind<{ closer: string; opener: string }>({
  code: "PHX1011",
  severity: "error",
  title: "a closing bracket that closes nothing",
  message: ({ closer, opener }) => `this \`${closer}\` closes nothing: no \`${opener}\` is open here`,
});

export const missingCloser = diagnosticKind<{ opener: string; closer: string }>({
  code: "PHX1012",
  severity: "error",
  title: "a bracket that is not closed",
  message: ({ opener, closer }) => `this \`${opener}\` has no \`${closer}\``,
});

export const needsQuotes = diagnosticKind<{ text: string; what: string }>({
  code: "PHX1013",
  severity: "error",
  title: "a text that needs quotes",
  message: ({ text, what }) => `${what} stands in quotes: "${text}"`,
});

export const malformedLiteral = diagnosticKind<{ text: string; why: string }>({
  code: "PHX1014",
  severity: "error",
  title: "a malformed literal",
  message: ({ text, why }) => `\`${text}\` ${why}`,
});

export const sizeUnit = diagnosticKind<{ text: string; suggested: string }>({
  code: "PHX1015",
  severity: "error",
  title: "a size in a unit that means two things",
  message: ({ text, suggested }) => `\`${text}\`: sizes are binary; write \`${suggested}\``,
  help: "the units are K, M, G, T or KiB, MiB, GiB, TiB, and both mean powers of 1024",
});

export const gluedOperator = diagnosticKind<{ text: string; spaced: string }>({
  code: "PHX1016",
  severity: "error",
  title: "an operator without spaces",
  message: ({ text, spaced }) => `\`${text}\` is one word; for a calculation write \`${spaced}\``,
});

export const colonForEquals = diagnosticKind<{ name: string }>({
  code: "PHX1017",
  severity: "error",
  title: "a colon in place of an equals sign",
  message: ({ name }) => `a value is given with \`=\`: \`${name} = ...\``,
});

export const chained = diagnosticKind<{ operator: string; first: string }>({
  code: "PHX1018",
  severity: "error",
  title: "comparisons or ranges in a chain",
  message: ({ operator, first }) =>
    first === operator ? `\`${operator}\` does not chain` : `\`${first}\` and \`${operator}\` do not chain`,
});

export const reservedName = diagnosticKind<{ name: string; what: string }>({
  code: "PHX1019",
  severity: "error",
  title: "a reserved word as a name",
  message: ({ name, what }) => `\`${name}\` is a word of the language and cannot name a ${what}`,
});

export const missingSeparator = diagnosticKind({
  code: "PHX1020",
  severity: "error",
  title: "two entries without a separator",
  message: () => "a new line or `,` separates this from what stands before it",
});

export const leadingComma = diagnosticKind({
  code: "PHX1021",
  severity: "error",
  title: "a comma with nothing before it",
  message: () => "nothing stands before this `,`",
  help: "a comma follows an entry on its line, and may trail the last one",
});

export const braceOnNextLine = diagnosticKind<{ header: string }>({
  code: "PHX1022",
  severity: "error",
  title: "a brace on a line of its own",
  message: ({ header }) => `the \`{\` stands on the line of its block: \`${header} {\``,
});

export const notAnAttribute = diagnosticKind<{ what: string }>({
  code: "PHX1023",
  severity: "error",
  title: "a map with something else than attributes",
  message: ({ what }) => `a map holds attributes only, not ${what}`,
  help: "a block stands for itself (`boot { ... }`); a map is a value (`key = { name = value }`)",
});

export const plainString = diagnosticKind<{ what: string }>({
  code: "PHX1024",
  severity: "error",
  title: "an interpolation where none may stand",
  message: ({ what }) => `${what} is a plain string, without \`\${...}\``,
});

export const fileLevelOnly = diagnosticKind<{ keyword: string }>({
  code: "PHX1025",
  severity: "error",
  title: "an import or param inside a block",
  message: ({ keyword }) => `\`${keyword}\` stands at the level of the file, not in a block`,
});

export const notCallable = diagnosticKind({
  code: "PHX1026",
  severity: "error",
  title: "a call of something that is no function",
  message: () => "only a function's name can be called",
});

export const braceInInterpolation = diagnosticKind({
  code: "PHX1027",
  severity: "error",
  title: "a brace inside an interpolation",
  message: () => "braces cannot stand inside `${...}`",
  help: "give the map a name with `let` and use the name here",
});

export const spacedUnit = diagnosticKind<{ number: string; unit: string }>({
  code: "PHX1028",
  severity: "error",
  title: "a unit apart from its number",
  message: ({ number, unit }) => `a number and its unit are one word: \`${number}${unit}\``,
});

export const argumentNeedsParentheses = diagnosticKind<{ what: string }>({
  code: "PHX1029",
  severity: "error",
  title: "an expression as an argument without parentheses",
  message: ({ what }) => `${what} among the arguments of a block stands in parentheses`,
  help: "arguments are words, literals, strings and lists: `vm (8000 + n)`, `from (docker-1.ip)`; text with dots stands in quotes",
});

export const unclosedComment = diagnosticKind({
  code: "PHX1030",
  severity: "error",
  title: "a comment that never ends",
  message: () => "this comment has no closing `*/`",
});

export const profileName = diagnosticKind({
  code: "PHX1031",
  severity: "error",
  title: "something else than a name after extends",
  message: () => "`extends` takes the name of a profile, or a list of names",
});

export const notText = diagnosticKind({
  code: "PHX1032",
  severity: "error",
  title: "a file that is not UTF-8 text",
  message: () => "this is not UTF-8 text",
  help: "save the file as UTF-8; the character U+FFFD itself is written \\u{fffd}",
});

export const beyondLimit = diagnosticKind<{ what: string; limit: string }>({
  code: "PHX1033",
  severity: "error",
  title: "a limit of the language",
  message: ({ what, limit }) => `${what}; the limit is ${limit}`,
});

export const tooManyFindings = diagnosticKind<{ shown: number }>({
  code: "PHX1034",
  severity: "note",
  title: "more findings than are shown",
  message: ({ shown }) => `only the first ${shown} findings about the text of this file are shown`,
});

/** All findings of the parser. */
export const syntaxDiagnostics = [
  unexpected,
  expected,
  badCharacter,
  unclosedString,
  unclosedText,
  textOnOpeningLine,
  singleQuotes,
  unknownEscape,
  badIndent,
  missingBrace,
  unmatchedCloser,
  missingCloser,
  needsQuotes,
  malformedLiteral,
  sizeUnit,
  gluedOperator,
  colonForEquals,
  chained,
  reservedName,
  missingSeparator,
  leadingComma,
  braceOnNextLine,
  notAnAttribute,
  plainString,
  fileLevelOnly,
  notCallable,
  braceInInterpolation,
  spacedUnit,
  argumentNeedsParentheses,
  unclosedComment,
  profileName,
  notText,
  beyondLimit,
  tooManyFindings,
] as const;
