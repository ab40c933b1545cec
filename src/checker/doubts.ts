import { missingBrace, syntaxDiagnostics } from "../diagnostics/catalogue/syntax.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import type { Span } from "../text/source.js";

/** Where mistakes in the text make it uncertain which block an entry stands in. */
export interface Doubts {
  /** Paths of files with syntax errors. */
  readonly damaged: ReadonlySet<string>;
  /** From a brace that is never closed to where the next block certainly begins. */
  readonly open: readonly Span[];
}

export const NO_DOUBTS: Doubts = { damaged: new Set(), open: [] };

/** What the findings of the parsers say about the structure of the files. */
export function doubtsOf(findings: readonly Diagnostic[]): Doubts {
  const codes = new Set<string>(syntaxDiagnostics.map(({ code }) => code));
  const errors = findings.filter(({ code, severity }) => severity === "error" && codes.has(code));
  const open = errors.flatMap(({ code, span: { file, start }, related }) => {
    const end = related[0]?.span.start ?? file.text.length;
    return code === missingBrace.code ? [{ file, start, end }] : [];
  });
  return { damaged: new Set(errors.map(({ span }) => span.file.path)), open };
}

/** Whether a place may belong to another block than it seems. */
export function isDoubtful({ open }: Doubts, at: Span): boolean {
  return open.some(({ file, start, end }) => file === at.file && start < at.start && at.start < end);
}
