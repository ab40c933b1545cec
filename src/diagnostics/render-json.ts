import { position } from "../text/source.js";
import type { Position, Span } from "../text/source.js";
import { conceal } from "./conceal.js";
import type { Diagnostic, Severity } from "./diagnostic.js";
import { countFindings } from "./summary.js";
import type { Counts } from "./summary.js";

/** A range as programs read it: lines and columns from 1 (UTF-16 units), end exclusive, and offsets from 0. */
export interface JsonPlace {
  readonly file: string;
  readonly start: Position & { readonly offset: number };
  readonly end: Position & { readonly offset: number };
}

/** One finding of `--findings json`. */
export interface JsonFinding {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly place: JsonPlace;
  readonly related: readonly { readonly message: string; readonly place: JsonPlace }[];
  readonly help?: string;
  readonly fix?: { readonly title: string; readonly place: JsonPlace; readonly replacement: string };
}

/** The whole output of `--findings json`; `version` changes when a field changes its meaning. */
export interface JsonReport {
  readonly version: 1;
  readonly counts: Counts;
  readonly findings: readonly JsonFinding[];
}

/** Findings as data. */
export function findingsReport(diagnostics: readonly Diagnostic[]): JsonReport {
  return { version: 1, counts: countFindings(diagnostics), findings: conceal(diagnostics).map(jsonFinding) };
}

/** Findings as JSON text with a final newline. */
export function renderJson(diagnostics: readonly Diagnostic[]): string {
  return `${JSON.stringify(findingsReport(diagnostics), null, 2)}\n`;
}

function jsonFinding(finding: Diagnostic): JsonFinding {
  const { code, severity, message, help, fix } = finding;
  return {
    code,
    severity,
    message,
    place: jsonPlace(finding.span),
    related: finding.related.map((related) => ({ message: related.message, place: jsonPlace(related.span) })),
    ...(help === undefined ? {} : { help }),
    ...(fix === undefined
      ? {}
      : { fix: { title: fix.title, place: jsonPlace(fix.span), replacement: fix.replacement } }),
  };
}

function jsonPlace(at: Span): JsonPlace {
  return {
    file: at.file.path,
    start: { ...position(at.file, at.start), offset: at.start },
    end: { ...position(at.file, at.end), offset: at.end },
  };
}
