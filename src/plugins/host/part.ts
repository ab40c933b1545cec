import type {
  DiagnosticKind,
  LowerContext,
  Lowered,
  OptionSpec,
  Resource,
  RetiredThing,
  SectionSpec,
  Span,
  Step,
} from "../../plugin-api/index.js";

/** One part of what a `host` block may hold, with the steps that it becomes. */
export interface HostPart {
  readonly options?: Readonly<Record<string, OptionSpec>>;
  readonly sections?: Readonly<Record<string, SectionSpec>>;
  /** Words of other tools for what is in the part. */
  readonly instead?: Readonly<Record<string, string>>;
  readonly diagnostics?: readonly DiagnosticKind<never>[];
  /** The steps of the part, in its own order; parts keep the order of the list. */
  readonly lower?: (host: Resource, context: LowerContext) => Lowered;
  /** The steps for a thing of this part that no file declares any more; `source` is the last plan. */
  readonly leave?: (thing: RetiredThing, source: Span) => readonly Step[];
}
