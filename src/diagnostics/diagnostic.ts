import type { Span } from "../text/source.js";

/** `error`: the plan would be wrong or impossible. `warning`: it is right, but probably not what is wanted. `note`: worth knowing. */
export type Severity = "error" | "warning" | "note";

/** A second place that belongs to a finding, such as the first use of a duplicate. */
export interface Related {
  readonly span: Span;
  readonly message: string;
}

/** A certain change that mends a finding. */
export interface Fix {
  readonly title: string;
  readonly span: Span;
  readonly replacement: string;
}

/** One finding. Mistakes of users are values of this type; only bugs throw. */
export interface Diagnostic {
  /** `PHX` and four digits; stable for ever. */
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly span: Span;
  readonly related: readonly Related[];
  readonly help?: string;
  readonly fix?: Fix;
  /** There when a secret stands at the span: its texts, as far as they are known. Renderers show none of them anywhere. */
  readonly secrets?: readonly string[];
}

/** What every phase returns: all that it could make, and all that it found. */
export interface Result<T> {
  readonly value: T;
  readonly diagnostics: readonly Diagnostic[];
}

/** The parts of a finding that its catalogue entry does not give. */
export interface Extra {
  readonly related?: readonly Related[];
  readonly help?: string;
  readonly fix?: Fix;
  /** For findings that point at a secret: see {@link Diagnostic}. */
  readonly secrets?: readonly string[];
}

/** A catalogue entry: the only way to make a {@link Diagnostic}. */
export interface DiagnosticKind<Args> {
  readonly code: string;
  readonly severity: Severity;
  /** A few words for lists and page titles. */
  readonly title: string;
  readonly message: (args: Args) => string;
  readonly help?: string | ((args: Args) => string);
}

/** Declares a catalogue entry; the table of all entries is `diagnostics/catalogue`. */
export function diagnosticKind<Args = void>(entry: DiagnosticKind<Args>): DiagnosticKind<Args> {
  return entry;
}

/** Makes a finding of a kind at a place. */
export function diagnose<Args>(kind: DiagnosticKind<Args>, at: Span, args: Args, extra: Extra = {}): Diagnostic {
  const help = extra.help ?? (typeof kind.help === "function" ? kind.help(args) : kind.help);
  const finding: Draft = {
    code: kind.code,
    severity: kind.severity,
    message: kind.message(args),
    span: at,
    related: extra.related ?? [],
  };
  if (help !== undefined) finding.help = help;
  if (extra.fix !== undefined) finding.fix = extra.fix;
  if (extra.secrets !== undefined) finding.secrets = extra.secrets;
  return finding;
}

/** A finding that is being made: member by member, since there are hundreds of them. */
type Draft = { -readonly [Member in keyof Diagnostic]: Diagnostic[Member] };
