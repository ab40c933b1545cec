import { lineText, position } from "../text/source.js";
import type { Span } from "../text/source.js";
import { cellWidth, isPlain, visible } from "../text/visible.js";

/** A source line made fit for a terminal, and the carets under it. */
export interface Frame {
  readonly line: number;
  /** Where the span begins, as {@link position} counts; tabs and hidden characters are one each. */
  readonly column: number;
  readonly source: string;
  /** Blanks before the carets. */
  readonly indent: number;
  readonly carets: string;
}

/** Cells of a source line that are shown; longer lines are cut around the caret. */
export const FRAME_CELLS = 110;

const TAB_STOP = 4;

/** One piece of a line as shown: its text, its cells, and where it stood (UTF-16 column from 0). */
interface Cell {
  readonly text: string;
  readonly width: number;
  readonly column: number;
}

/** The first line of a span with carets under the part that it covers; at least one caret. */
export function frame(at: Span, cells: number = FRAME_CELLS): Frame {
  const { line, column } = position(at.file, at.start);
  const text = lineText(at.file, line);
  const from = Math.min(column - 1, text.length);
  // A span that ends on another line covers the rest of this one.
  const to = Math.min(column - 1 + at.end - at.start, text.length);
  if (text.length <= cells && isPlain(text)) {
    return {
      line,
      column,
      source: text.trimEnd(),
      indent: from,
      carets: "^".repeat(Math.max(to - from, 1)),
    };
  }
  const shown = clip(layOut(text), from, cells);
  const covered = (cell: Cell): boolean => cell.column >= from && cell.column < to;
  const before = shown.filter((cell) => cell.column < from);
  const under = shown.filter(covered);
  return {
    line,
    column,
    source: shown
      .map((cell) => cell.text)
      .join("")
      .trimEnd(),
    indent: width(before),
    carets: "^".repeat(Math.max(width(under), 1)),
  };
}

/** Splits a line into cells: tabs become blanks up to the next stop, hidden characters are written out. */
function layOut(text: string): readonly Cell[] {
  const cells: Cell[] = [];
  let column = 0;
  let at = 0;
  for (const character of text) {
    const cell = oneCell(character, column, at);
    cells.push(cell);
    at += cell.width;
    column += character.length;
  }
  return cells;
}

function oneCell(character: string, column: number, at: number): Cell {
  if (character === "\t") {
    const blanks = TAB_STOP - (at % TAB_STOP);
    return { text: " ".repeat(blanks), width: blanks, column };
  }
  const text = visible(character);
  return { text, width: text === character ? cellWidth(character) : text.length, column };
}

/** Cuts a long line to a window that begins a third before the column `focus`; `…` marks the cuts. */
function clip(cells: readonly Cell[], focus: number, limit: number): readonly Cell[] {
  if (width(cells) <= limit) return cells;
  let first = cells.findIndex((cell) => cell.column >= focus);
  if (first === -1) first = cells.length;
  for (let room = Math.floor(limit / 3); first > 0 && room > 0; first--) room -= cells[first - 1]?.width ?? 0;
  let last = first;
  for (let room = limit - 2; last < cells.length; last++) {
    room -= cells[last]?.width ?? 0;
    if (room < 0) break;
  }
  const cut = (column: number): Cell => ({ text: "…", width: 1, column });
  return [
    ...(first > 0 ? [cut(-1)] : []),
    ...cells.slice(first, last),
    ...(last < cells.length ? [cut(Number.MAX_SAFE_INTEGER)] : []),
  ];
}

function width(cells: readonly Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.width, 0);
}
