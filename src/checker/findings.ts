import { assertionFailed, literalSecret } from "../diagnostics/catalogue/semantics.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { sortFindings } from "../diagnostics/summary.js";
import { sourceFile } from "../text/source.js";
import type { SourceFile, Span } from "../text/source.js";

/**
 * The checker's own findings: of those with one code at one place the first, because loops and profiles bring the same
 * mistake to many blocks.
 */
export function oncePerPlace(findings: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return findings.filter(({ code, span, message }) => {
    // The author's own words may differ from turn to turn of a loop.
    const words = code === assertionFailed.code ? message : "";
    const key = `${code} ${span.start} ${span.end} ${span.file.path} ${words}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** In reading order, with every secret that stands in clear text overwritten wherever its file is shown. */
export function presentable(findings: readonly Diagnostic[], paths: readonly string[]): readonly Diagnostic[] {
  const secrets = findings.filter(({ code }) => code === literalSecret.code).map(({ span }) => span);
  const sorted = sortFindings(findings, paths);
  return secrets.length === 0 ? sorted : conceal(sorted, secrets);
}

function conceal(findings: readonly Diagnostic[], secrets: readonly Span[]): readonly Diagnostic[] {
  const masked = new Map<string, SourceFile>();
  for (const { file, start, end } of secrets) {
    const { path, text } = masked.get(file.path) ?? file;
    const mask = text.slice(start, end).replace(/[^\r\n]/g, "*");
    masked.set(path, sourceFile(path, text.slice(0, start) + mask + text.slice(end)));
  }
  const moved = (at: Span): Span => ({ ...at, file: masked.get(at.file.path) ?? at.file });
  return findings.map((finding) => ({
    ...finding,
    span: moved(finding.span),
    related: finding.related.map((related) => ({ ...related, span: moved(related.span) })),
    ...(finding.fix === undefined ? {} : { fix: { ...finding.fix, span: moved(finding.fix.span) } }),
  }));
}
