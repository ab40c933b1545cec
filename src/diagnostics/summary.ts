import { compareText } from "../text/order.js";
import type { Diagnostic, Severity } from "./diagnostic.js";

/** How many findings there are of each severity. */
export interface Counts {
  readonly error: number;
  readonly warning: number;
  readonly note: number;
}

/** Counts findings by severity. */
export function countFindings(diagnostics: readonly Diagnostic[]): Counts {
  const count = (severity: Severity): number => diagnostics.filter((d) => d.severity === severity).length;
  return { error: count("error"), warning: count("warning"), note: count("note") };
}

/** `3 errors, 5 warnings, 12 notes`; zeros are left out, and nothing at all is `no findings`. */
export function summaryLine(counts: Counts): string {
  const parts = (["error", "warning", "note"] as const)
    .filter((severity) => counts[severity] > 0)
    .map((severity) => plural(counts[severity], severity));
  return parts.length === 0 ? "no findings" : parts.join(", ");
}

/** `1 error`, `2 errors`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Whether one of the findings is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === "error");
}

/**
 * Findings in reading order: files as in `paths` (others after them, by name), then place, then code; a finding that
 * is there twice (same code, place and message) is kept once.
 */
export function sortFindings(diagnostics: readonly Diagnostic[], paths: readonly string[] = []): readonly Diagnostic[] {
  const rank = new Map(paths.map((path, i) => [path, i]));
  const fileOrder = (path: string): number => rank.get(path) ?? paths.length;
  const byFile = (a: string, b: string): number => (a === b ? 0 : fileOrder(a) - fileOrder(b) || compareText(a, b));
  const sorted = diagnostics.toSorted(
    (a, b) =>
      byFile(a.span.file.path, b.span.file.path) ||
      a.span.start - b.span.start ||
      a.span.end - b.span.end ||
      compareText(a.code, b.code) ||
      compareText(a.message, b.message),
  );
  return sorted.filter((finding, i) => !same(finding, sorted[i - 1]));
}

function same(a: Diagnostic, b: Diagnostic | undefined): boolean {
  if (b === undefined || a.span.start !== b.span.start || a.span.end !== b.span.end) return false;
  return a.code === b.code && a.message === b.message && a.span.file.path === b.span.file.path;
}
