import { position, type Span } from "../text/source.js";
import type { Comment } from "./ast.js";

/** Columns that what is written on one line may reach. */
export const widestLine = 100;

/** Ends an attempt to write something on one line. */
class DoesNotFit extends Error {}

/** All that a failed attempt takes back. */
interface State {
  text: string;
  column: number;
  depth: number;
  next: number;
  lastEnd: number;
  breaks: boolean;
  blanks: boolean;
  spaces: boolean;
}

/**
 * Puts canonical text together and weaves the comments back in: before a token is written, all comments that stood before
 * it are, on the line of the last token if they stood there, otherwise on lines of their own. Spaces and line ends are
 * asked for and written with the next token, so that a comment can still come before them.
 */
export class Writer {
  private readonly source: Span;
  private comments: readonly Comment[];
  private now: State = {
    text: "",
    column: 0,
    depth: 0,
    /** The first comment that is not yet written. */
    next: 0,
    /** Offset in the source after the last token or comment that was written. */
    lastEnd: 0,
    breaks: false,
    blanks: false,
    spaces: false,
  };
  /** Whether everything must stay on this line. */
  private flat = false;

  constructor(source: Span, comments: readonly Comment[]) {
    this.source = source;
    this.comments = comments;
  }

  /** Writes a token; `start` and `end` are its offsets in the source, where they are known. */
  token(text: string, start?: number, end: number = (start ?? 0) + text.length): void {
    if (start !== undefined) this.flush(start);
    this.lead(start);
    this.append(text);
    if (start !== undefined) this.now.lastEnd = end;
  }

  /** Writes a token that has no span of its own, such as an operator, at its place after the last one if it is there. */
  found(text: string): void {
    const { text: source } = this.source.file;
    let at = this.now.lastEnd;
    for (let i = this.now.next; ; i++) {
      while (/\s/.test(source[at] ?? "")) at++;
      const comment = this.comments[i]?.span;
      if (comment === undefined || comment.start !== at) break;
      at = comment.end;
    }
    if (source.startsWith(text, at)) this.token(text, at);
    else this.token(text);
  }

  /** The next token is apart from this one. */
  space(): void {
    this.now.spaces = true;
  }

  /** The next token begins a line; after an empty one if it did in the source and `keepBlank` says so. */
  line(keepBlank: boolean): void {
    this.now.breaks = true;
    this.now.blanks = keepBlank;
  }

  /** Writes the lines of a text, which end in the middle of a token: the line must end after it. */
  lines(text: string): void {
    if (this.flat) throw new DoesNotFit();
    this.append(text);
    this.line(false);
  }

  /** Moves the margin by a number of steps. */
  indent(steps: number): void {
    this.now.depth += steps;
  }

  /** The white space of the margin, moved by a number of steps. */
  margin(steps = 0): string {
    return "  ".repeat(this.now.depth + steps);
  }

  /** Writes the comments that stood before an offset of the source. */
  flush(before: number): void {
    for (;;) {
      const comment = this.comments[this.now.next];
      if (comment === undefined || comment.span.start >= before) return;
      this.now.next++;
      this.comment(comment);
    }
  }

  /**
   * Writes the comments between two offsets before the item that begins at `start` and comes next, since theirs is no
   * place to break a line.
   */
  hoist(from: number, to: number, start: number): void {
    const inside = ({ span }: Comment): boolean => span.start >= from && span.start < to;
    const hoisted = this.comments.filter(inside);
    if (hoisted.length === 0) return;
    this.comments = this.comments.filter((comment) => !inside(comment));
    for (const comment of hoisted) {
      this.lead(start);
      this.append(canonical(comment));
      this.line(false);
    }
  }

  /** Whether a stretch of the source lies on one line. */
  isOneLine(span: Span): boolean {
    return this.lineOf(span.start) === this.lineOf(span.end);
  }

  /** Whether a comment that is not yet written stands before an offset. */
  hasComment(before: number): boolean {
    const comment = this.comments[this.now.next];
    return comment !== undefined && comment.span.start < before;
  }

  /**
   * Writes something on the rest of this line, or nothing, answering whether it fitted. What is tried inside is not
   * tried in its other forms: it fits with the whole or not at all, so that nesting costs nothing.
   */
  attempt(write: () => void): boolean {
    if (this.flat) {
      write();
      return true;
    }
    const before = { ...this.now };
    const { comments } = this;
    this.flat = true;
    try {
      write();
      return true;
    } catch (error) {
      if (!(error instanceof DoesNotFit)) throw error;
      this.now = before;
      this.comments = comments;
      return false;
    } finally {
      this.flat = false;
    }
  }

  /** Everything written, with the comments that are left. */
  finish(): string {
    this.line(true);
    this.flush(Infinity);
    return this.now.text === "" ? "" : `${this.now.text}\n`;
  }

  private comment(comment: Comment): void {
    const text = canonical(comment);
    const ends = !text.startsWith("/*");
    const wasBreaking = this.now.breaks;
    if (this.now.text !== "" && this.lineOf(comment.span.start) === this.lineOf(this.now.lastEnd)) {
      this.append(` ${text}`);
      this.now.breaks ||= ends;
      this.now.spaces = true;
    } else {
      this.now.breaks = true;
      this.lead(comment.span.start);
      this.append(text);
      if (ends || wasBreaking) this.line(true);
      else this.now.spaces = true;
    }
    this.now.lastEnd = comment.span.end;
  }

  /** Writes the white space that was asked for. */
  private lead(start: number | undefined): void {
    const { breaks, blanks, spaces, text, lastEnd } = this.now;
    if (text !== "" && breaks) {
      const gap = start === undefined ? 0 : this.lineOf(start) - this.lineOf(lastEnd);
      this.append(`${blanks && gap > 1 ? "\n\n" : "\n"}${this.margin()}`);
    } else if (text !== "" && spaces) {
      this.append(" ");
    }
    this.now.breaks = false;
    this.now.blanks = true;
    this.now.spaces = false;
  }

  private append(text: string): void {
    const lineEnd = text.lastIndexOf("\n");
    this.now.text += text;
    this.now.column = lineEnd === -1 ? this.now.column + text.length : text.length - lineEnd - 1;
    if (this.flat && (lineEnd !== -1 || this.now.column > widestLine)) throw new DoesNotFit();
  }

  private lineOf(offset: number): number {
    return position(this.source.file, offset).line;
  }
}

/** A comment without white space at its end, and with the line ends that the printer writes. */
function canonical({ text }: Comment): string {
  return text.replace(/\r\n?/g, "\n").replace(/[ \t]+(?=\n|$)/g, "");
}
