/**
 * Where strings, texts and interpolations end. The lexer opens a string only when it really closes, so that an unclosed
 * one costs one finding instead of a lexer mode that swallows the rest of the file.
 */

/** Strings inside interpolations inside strings: how deep they may go. */
const deepestString = 16;

/** The offset after the string that opens at `open`, or -1 when it does not close on its line. */
export function endOfString(text: string, open: number): number {
  return text[open] === '"' ? scan(text, open + 1, 1) : -1;
}

/** The offset after the `}` of the interpolation whose `${` stands at `open`, or -1 when it does not close on its line. */
export function endOfInterpolation(text: string, open: number): number {
  return scan(text, open + 2, 2);
}

/** Whether the string at `open` would close if its `${` were ordinary characters: then the `}` is what is missing. */
export function closesWithoutInterpolation(text: string, open: number): boolean {
  for (let i = open + 1; i < text.length && !isLineEnd(text.charCodeAt(i)); i++) {
    const c = text[i];
    if (c === "\\") i++;
    else if (c === '"') return true;
  }
  return false;
}

/** Where the chunk of a line string that begins at `start` ends: at a quote, a `${` or the end of the line. */
export function endOfChunk(text: string, start: number): number {
  let i = start;
  while (i < text.length && !isLineEnd(text.charCodeAt(i))) {
    const c = text[i];
    if (c === '"' || isInterpolation(text, i)) break;
    i += c === "\\" && !isLineEnd(text.charCodeAt(i + 1)) ? 2 : 1;
  }
  return Math.min(i, text.length);
}

/** Where the chunk of a text that begins at `start` ends: at a `${` or at the line of the closing quotes. */
export function endOfTextChunk(text: string, start: number): number {
  let i = start;
  while (i < text.length && !isInterpolation(text, i)) {
    const c = text.charCodeAt(i);
    if (text[i] === "\\" && !isLineEnd(text.charCodeAt(i + 1))) i += 2;
    else i++;
    if (isLineEnd(c) && textCloser(text, i) !== undefined) break;
  }
  return Math.min(i, text.length);
}

const closers = { '"""': /[ \t]*"""[ \t]*(?=[\r\n]|$)/y, "'''": /[ \t]*'''[ \t]*(?=[\r\n]|$)/y } as const;
const closerLines = {
  '"""': /[\r\n][ \t]*"""[ \t]*(?=[\r\n]|$)/g,
  "'''": /[\r\n][ \t]*'''[ \t]*(?=[\r\n]|$)/g,
} as const;

/** The quotes that open and close a text of several lines. */
export type TextQuotes = keyof typeof closers;

/** The line of closing quotes that begins at `lineStart`, without its line end. */
export function textCloser(text: string, lineStart: number, quotes: TextQuotes = '"""'): string | undefined {
  if (!isLineEnd(text.charCodeAt(lineStart - 1))) return undefined;
  const pattern = closers[quotes];
  pattern.lastIndex = lineStart;
  return pattern.exec(text)?.[0];
}

/** The first line of closing quotes after `from`: where it begins and where it ends; undefined when there is none. */
export function findTextCloser(
  text: string,
  from: number,
  quotes: TextQuotes,
): { readonly start: number; readonly end: number } | undefined {
  const pattern = closerLines[quotes];
  pattern.lastIndex = from;
  const found = pattern.exec(text);
  return found === null ? undefined : { start: found.index + 1, end: found.index + found[0].length };
}

/** Whether a UTF-16 unit ends a line. */
export function isLineEnd(unit: number): boolean {
  return unit === 10 || unit === 13;
}

/** Odd levels are inside a string, even ones inside an interpolation; the scan ends when it leaves the first. */
function scan(text: string, from: number, first: number): number {
  let level = first;
  for (let i = from; i < text.length; i++) {
    const c = text[i];
    if (isLineEnd(text.charCodeAt(i))) return -1;
    if (level % 2 === 1) {
      if (c === "\\") i += isLineEnd(text.charCodeAt(i + 1)) ? 0 : 1;
      else if (c === '"') level--;
      else if (isInterpolation(text, i)) {
        level++;
        i++;
      }
    } else if (c === '"') level++;
    else if (c === "}") level--;
    if (level < first) return i + 1;
    if (level > 2 * deepestString) return -1;
  }
  return -1;
}

function isInterpolation(text: string, at: number): boolean {
  return text[at] === "$" && text[at + 1] === "{";
}
