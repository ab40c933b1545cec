import { assertionFailed } from "../diagnostics/catalogue/semantics.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";

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
