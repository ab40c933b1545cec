import { coreDiagnostics } from "../diagnostics/catalogue/index.js";
import type { DiagnosticKind } from "../diagnostics/diagnostic.js";
import { plugins } from "../plugins/index.js";
import { compareText } from "../text/order.js";

/** A catalogue entry without what its message needs. */
export type AnyDiagnosticKind = DiagnosticKind<never>;

/** Every finding of the compiler and of the built-in plugins, in order of their codes. */
export function findingKinds(): readonly AnyDiagnosticKind[] {
  const all = [...coreDiagnostics, ...plugins.flatMap((plugin) => plugin.diagnostics ?? [])];
  return all.toSorted((a, b) => compareText(a.code, b.code));
}
