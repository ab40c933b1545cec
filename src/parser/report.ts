import { type Diagnostic, type DiagnosticKind, diagnose, type Extra } from "../diagnostics/diagnostic.js";
import { tooManyFindings } from "../diagnostics/catalogue/syntax.js";
import { position, type SourceFile, span } from "../text/source.js";
import { compareText } from "../text/order.js";

/** More findings than this about one file help nobody; the rest is replaced by a note. */
export const mostFindings = 100;

/** They come nearly in source order, so that the first ones are among the first few thousand. */
const mostKept = 5000;

/** Collects the findings about one file. Offsets are those of its text. */
export interface Report {
  /** A precise finding that says nothing about the rest of its line, such as a malformed literal. */
  readonly add: <Args>(kind: DiagnosticKind<Args>, at: Range, args: Args, extra?: Extra) => void;
  /** A precise finding after which the grammar's complaints about the same line are only its consequences. */
  readonly addDecisive: <Args>(kind: DiagnosticKind<Args>, at: Range, args: Args, extra?: Extra) => void;
  /** A finding of the grammar: dropped when its line already has one, or a decisive one. */
  readonly addGrammar: <Args>(kind: DiagnosticKind<Args>, at: Range, args: Args, extra?: Extra) => void;
  /** Silences the grammar about the line of an offset. */
  readonly settle: (offset: number) => void;
  /** Whether there are already more findings than will be shown. */
  readonly full: () => boolean;
  /** All findings in source order, at most {@link mostFindings} and a note. */
  readonly findings: () => readonly Diagnostic[];
}

/** Offsets; `end` is exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Makes an empty report. */
export function createReport(file: SourceFile): Report {
  const found: Diagnostic[] = [];
  const grammar: Diagnostic[] = [];
  const settled = new Set<number>();
  const line = (offset: number): number => position(file, offset).line;
  const make = <Args>(kind: DiagnosticKind<Args>, at: Range, args: Args, extra?: Extra): Diagnostic =>
    diagnose(kind, span(file, at.start, at.end), args, extra);
  return {
    add: (kind, at, args, extra) => {
      if (found.length < mostKept) found.push(make(kind, at, args, extra));
    },
    addDecisive: (kind, at, args, extra) => {
      settled.add(line(at.start));
      found.push(make(kind, at, args, extra));
    },
    addGrammar: (kind, at, args, extra) => void grammar.push(make(kind, at, args, extra)),
    settle: (offset) => void settled.add(line(offset)),
    full: () => found.length + grammar.length > mostFindings,
    findings: () => capped([...found, ...firstOfEachLine(grammar, settled)]),
  };
}

function firstOfEachLine(findings: readonly Diagnostic[], settled: ReadonlySet<number>): readonly Diagnostic[] {
  const lines = new Set(settled);
  // What the parser met comes before what was left over at the same place: the sort is stable.
  return findings
    .toSorted((a, b) => a.span.start - b.span.start)
    .filter(({ span: { file, start } }) => {
      const { line } = position(file, start);
      return !lines.has(line) && lines.add(line);
    });
}

function capped(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const sorted = findings.toSorted(byPlace);
  const next = sorted[mostFindings];
  if (next === undefined) return sorted;
  return [...sorted.slice(0, mostFindings), diagnose(tooManyFindings, next.span, { shown: mostFindings })];
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return a.span.start - b.span.start || compareText(a.code, b.code);
}
