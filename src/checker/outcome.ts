import type { Value } from "../model/resource.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";

/**
 * A value of a type, or why there is none. `isClose`: the value has the right form and the wrong content, so that its
 * finding says more than "another type is wanted".
 */
export type Outcome =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly isClose: boolean; readonly findings: readonly Diagnostic[] };

/** What a converter of one type says; undefined: the value has another form. */
export type Attempt = Outcome | undefined;

/** A value of the right form with a wrong content. */
export function close(finding: Diagnostic): Outcome {
  return { ok: false, isClose: true, findings: [finding] };
}

export function accept(value: Value): Outcome {
  return { ok: true, value };
}
