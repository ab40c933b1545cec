import { position, type Span } from "../text/source.js";
import type { Comment } from "./ast.js";

/** Columns that a line written on one line may have. */
export const widestLine = 100;

interface State {
  readonly text: string;
  readonly next: number;
  readonly lastEnd: number;
  readonly breaks: boolean;
  readonly blanks: boolean;
  readonly spaces: boolean;
}

/**
 * Puts canonical text together and weaves the comments back in: before a token is written, all comments that stood before
 * it are, on the line of the last token if they stood there, otherwise on lines of their own. Spaces and line ends are
 * asked for and written with the next token, so that a comment can still come before them.
 */
export class Writer {
  private text = "";
  private comments: readonly Comment[];
  private readonly source: Span;
  private next = 0;
  private depth = 0;
  /** Offset in the source after the last token or comment that was written. */
  private lastEnd = 0;
  private breaks = false;
  private blanks = false;
  private spaces = false;

  constructor(source: Span, comments: readonly Comment[]) {
    this.source = source;
    this.comments = comments;
  }

  /** Writes a token; `start` and `end` are its offsets in the source, where they are known. */
  token(text: string, start?: number, end: number = (start ?? 0) + text.length): void {
    if (start !== undefined) this.flush(start);
    this.lead(start);
    this.text += text;
    if (start !== undefined) this.lastEnd = end;
  }

  /** The next token is apart from this one. */
  space(): void {
    this.spaces = true;
  }

  /** The next token begins a line; after an empty one if it did in the source and `keepBlank` says so. */
  line(keepBlank: boolean): void {
    this.breaks = true;
    this.blanks = keepBlank;
  }

  /** Writes text with line ends of its own, such as the lines of a text, after which the line must end. */
  lines(text: string, end: number): void {
    this.text += text;
    this.lastEnd = end;
    this.line(this.blanks);
  }

  /** Moves the margin by a number of steps. */
  indent(steps: number): void {
    this.depth += steps;
  }

  /** The white space of the margin, moved by a number of steps. */
  margin(steps = 0): string {
    return "  ".repeat(this.depth + steps);
  }

  /** Writes the comments that stood before an offset of the source. */
  flush(before: number): void {
    for (;;) {
      const comment = this.comments[this.next];
      if (comment === undefined || comment.span.start >= before) return;
      this.next++;
      this.comment(comment);
    }
  }

  /** Writes the comments between two offsets before the token that comes next, since theirs is no place to break a line. */
  hoist(from: number, to: number): void {
    const inside = (comment: Comment): boolean => comment.span.start >= from && comment.span.start < to;
    const hoisted = this.comments.slice(this.next).filter(inside);
    if (hoisted.length === 0) return;
    this.comments = [
      ...this.comments.slice(0, this.next),
      ...this.comments.slice(this.next).filter((comment) => !inside(comment)),
    ];
    for (const comment of hoisted) {
      this.lead(undefined);
      this.text += canonical(comment);
      this.line(false);
    }
  }

  /** Whether a stretch of the source lies on one line. */
  isOneLine(span: Span): boolean {
    return this.lineOf(span.start) === this.lineOf(span.end);
  }

  /** Whether a comment that is not yet written stands between two offsets. */
  hasComment(from: number, to: number): boolean {
    return this.comments.slice(this.next).some(({ span }) => span.start >= from && span.start < to);
  }

  /**
   * Tries a form: undoes what `write` wrote and answers false when a line of it is too wide or, unless `mayBreak`, when
   * it needs more than one.
   */
  attempt(write: () => void, mayBreak: boolean): boolean {
    const before = this.save();
    const { depth } = this;
    const from = this.text.lastIndexOf("\n") + 1;
    write();
    const lines = this.text.slice(from).split("\n");
    const breaks = this.text.slice(before.text.length).includes("\n");
    if (lines.every((line) => line.length <= widestLine) && (mayBreak || !breaks)) return true;
    this.restore(before);
    this.depth = depth;
    return false;
  }

  /** Everything written, with the comments that are left. */
  finish(): string {
    this.line(true);
    this.flush(Infinity);
    return this.text === "" ? "" : `${this.text}\n`;
  }

  private comment(comment: Comment): void {
    const text = canonical(comment);
    const ends = !text.startsWith("/*");
    const wasBreaking = this.breaks;
    if (this.text !== "" && this.lineOf(comment.span.start) === this.lineOf(this.lastEnd)) {
      this.text += this.text.endsWith("\n") || this.text.endsWith(" ") ? text : ` ${text}`;
      this.breaks ||= ends;
      this.spaces = true;
    } else {
      this.breaks = true;
      this.lead(comment.span.start);
      this.text += text;
      if (ends || wasBreaking) this.line(true);
      else this.spaces = true;
    }
    this.lastEnd = comment.span.end;
  }

  /** Writes the white space that was asked for. */
  private lead(start: number | undefined): void {
    if (this.breaks && this.text !== "") {
      const gap = start === undefined ? 0 : this.lineOf(start) - this.lineOf(this.lastEnd);
      this.text += this.blanks && gap > 1 ? "\n\n" : "\n";
      this.text += this.margin();
    } else if (this.spaces && this.text !== "") {
      this.text += " ";
    }
    this.breaks = false;
    this.blanks = true;
    this.spaces = false;
  }

  private lineOf(offset: number): number {
    return position(this.source.file, offset).line;
  }

  private save(): State {
    const { text, next, lastEnd, breaks, blanks, spaces } = this;
    return { text, next, lastEnd, breaks, blanks, spaces };
  }

  private restore(state: State): void {
    this.text = state.text;
    this.next = state.next;
    this.lastEnd = state.lastEnd;
    this.breaks = state.breaks;
    this.blanks = state.blanks;
    this.spaces = state.spaces;
  }
}

/** A comment without white space at its end, and with the line ends that the printer writes. */
function canonical({ text }: Comment): string {
  return text.replace(/\r\n?/g, "\n").replace(/[ \t]+(?=\n|$)/g, "");
}
