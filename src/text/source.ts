/** A file's text with its name as the user gave it, and what is needed to turn offsets into lines and columns. */
export interface SourceFile {
  /** The path as shown to the user: relative to the project, with forward slashes; never absolute where it can be helped. */
  readonly path: string;
  readonly text: string;
  /** Offset of the first character of each line; line 1 is at index 0. */
  readonly lineStarts: readonly number[];
}

/** A half-open range of UTF-16 offsets in one file. */
export interface Span {
  readonly file: SourceFile;
  readonly start: number;
  readonly end: number;
}

/** A place as people write it: both numbers count from 1; columns count UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Makes a {@link SourceFile}; `\n`, `\r\n` and a lone `\r` end lines. */
export function sourceFile(path: string, text: string): SourceFile {
  let starts: readonly number[] | undefined;
  return {
    path,
    text,
    // Of most files no place is ever asked for.
    get lineStarts() {
      starts ??= text.includes("\r") ? startsByPattern(text) : startsByLineFeed(text);
      return starts;
    },
  };
}

/** The usual case, without looking at each character: short runs spend their time in what is done often. */
function startsByLineFeed(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function startsByPattern(text: string): number[] {
  return [0, ...Array.from(text.matchAll(/\r\n?|\n/g), (match) => match.index + match[0].length)];
}

/** A span of `file`; the ends are clamped into the text, so that every span lies inside its file. */
export function span(file: SourceFile, start: number, end: number = start): Span {
  const from = Math.min(Math.max(start, 0), file.text.length);
  return { file, start: from, end: Math.min(Math.max(end, from), file.text.length) };
}

/** The smallest span that holds both; they must be of one file, otherwise the first is returned. */
export function cover(a: Span, b: Span): Span {
  if (a.file !== b.file) return a;
  return { file: a.file, start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}

/** Line and column of an offset. */
export function position(file: SourceFile, offset: number): Position {
  const { lineStarts } = file;
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
}

/** The text of one line (counted from 1), without its line end. */
export function lineText(file: SourceFile, line: number): string {
  const start = file.lineStarts[line - 1] ?? file.text.length;
  let end = file.lineStarts[line] ?? file.text.length;
  while (end > start && (file.text[end - 1] === "\n" || file.text[end - 1] === "\r")) end--;
  return file.text.slice(start, end);
}
