import type { IToken } from "chevrotain";
import {
  badCharacter,
  braceInInterpolation,
  singleQuotes,
  textOnOpeningLine,
  unclosedComment,
  unclosedString,
  unclosedText,
} from "../diagnostics/catalogue/syntax.js";
import { type SourceFile, span } from "../text/source.js";
import { rangeOfToken } from "./cst.js";
import type { Report } from "./report.js";
import { closesWithoutInterpolation } from "./scan.js";
import * as t from "./tokens.js";

/** More bad characters than this, though they be on one line, and the text is not .phx. */
const mostBadCharacters = 10_000;

/** Reports the tokens that are mistakes in themselves; false when there are so many that nothing else is worth saying. */
export function reportTokens(file: SourceFile, tokens: readonly IToken[], report: Report): boolean {
  let badCharacters = 0;
  let lineHasBadCharacter = false;
  for (const token of tokens) {
    if (report.full() || badCharacters > mostBadCharacters) return false;
    if (token.tokenType === t.NewLine) lineHasBadCharacter = false;
    else if (token.tokenType !== t.BadChar) reporters.get(token.tokenType)?.(file, token, report);
    else {
      badCharacters++;
      if (!lineHasBadCharacter) reportCharacter(token, report);
      lineHasBadCharacter = true;
    }
  }
  return true;
}

/** `/*` without an end; it has swallowed the rest of the file. */
export function reportComment(token: IToken, report: Report): void {
  const { start } = rangeOfToken(token);
  report.addDecisive(unclosedComment, { start, end: start + 2 }, undefined);
}

type Reporter = (file: SourceFile, token: IToken, report: Report) => void;

const reporters = new Map<unknown, Reporter>([
  [
    t.BadStr,
    (file, token, report) => {
      const open = token.startOffset;
      const missing = closesWithoutInterpolation(file.text, open)
        ? "a `${` in this string is not closed by `}`"
        : 'this string is not closed by `"`';
      report.addDecisive(unclosedString, rangeOfToken(token), { what: missing });
    },
  ],
  [
    t.BadText,
    (file, token, report) => {
      const start = token.startOffset;
      const quotes = token.image.slice(0, 3);
      const message = `these \`${quotes}\` do not stand alone`;
      const related = lineWithQuotes(token.image, quotes).map((at) => ({
        span: span(file, start + at, start + at + 3),
        message,
      }));
      report.addDecisive(unclosedText, { start, end: start + 3 }, { quotes }, { related });
    },
  ],
  [
    t.BadInterp,
    (_, token, report) => {
      report.add(unclosedString, rangeOfToken(token), { what: "a `${` in this text is not closed by `}`" });
    },
  ],
  [
    t.InlineText,
    (file, token, report) => {
      const inner = token.image.slice(3, -3);
      const at = span(file, token.startOffset, t.endOf(token));
      const fix = { title: "write one pair of quotes", span: at, replacement: `"${inner}"` };
      const safe = !/["\\$]/.test(inner);
      const args = { quotes: token.image.slice(0, 3) };
      report.add(textOnOpeningLine, rangeOfToken(token), args, safe ? { fix } : {});
    },
  ],
  [
    t.SingleQuoted,
    (file, token, report) => {
      const inner = token.image.slice(1, -1).replace(/["\\]|\$(?=\{)/g, "\\$&");
      const at = span(file, token.startOffset, t.endOf(token));
      const fix = { title: "write double quotes", span: at, replacement: `"${inner}"` };
      report.add(singleQuotes, rangeOfToken(token), undefined, { fix });
    },
  ],
  [t.BadBrace, (_, token, report) => report.addDecisive(braceInInterpolation, rangeOfToken(token), undefined)],
]);

/** Where a later line begins with the quotes: probably they were meant to close the text. */
function lineWithQuotes(image: string, quotes: string): readonly number[] {
  const found = new RegExp(`[\\r\\n][ \\t]*${quotes}`).exec(image);
  return found === null ? [] : [found.index + found[0].length - quotes.length];
}

const reasons: Readonly<Record<string, string>> = {
  ";": "a new line or `,` ends an entry",
  "&": "`and` is written `&&`",
  "|": "`or` is written `||`",
  "'": "strings stand in double quotes",
  "`": "strings stand in double quotes",
  "\\": "it is an escape only inside a string, and no line is continued",
  $: "`${...}` stands inside strings; elsewhere a name stands alone",
  "@": "text like this stands in quotes",
  "~": "text like this stands in quotes",
  "^": "the language has no such operator",
  "\uFEFF": "a byte order mark stands only at the beginning of a file",
  "\u00A0": "this is a no-break space; use an ordinary one",
};

function reportCharacter(token: IToken, report: Report): void {
  const { image } = token;
  const code = image.codePointAt(0) ?? 0;
  const isVisible = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]+$/u.test(image) && image.length <= 20;
  const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  const quotes = /[\u2018-\u201F\u00AB\u00BB]/.test(image);
  const why = quotes
    ? 'strings stand in straight double quotes, `"`'
    : (reasons[image[0] ?? ""] ??
      (code > 127 ? "names are ASCII; any other text stands in quotes" : "the language does not use it"));
  report.addDecisive(badCharacter, rangeOfToken(token), { text: isVisible ? `\`${image}\`` : name, why });
}
