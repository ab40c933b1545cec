import type { Diagnostic, DiagnosticKind } from "../diagnostics/diagnostic.js";
import type { Model, Resource } from "../model/resource.js";
import type { RetiredGuest, RetiredThing } from "../model/memory.js";
import type { GuestRef, Plan, Requirement, Step } from "../model/plan.js";
import type { Span } from "../text/source.js";
import type { Features } from "./features.js";
import type { SectionSpec } from "./types.js";

/** A top-level block keyword: what may stand in it, what it is, and how it becomes steps. */
export interface KindSpec extends SectionSpec {
  readonly keyword: string;
  /** What other tools call it: findings about these words name this kind. */
  readonly aliases?: readonly string[];
  /** Which argument gives the numeric id, if any, and which the name. */
  readonly identity: { readonly id?: string; readonly name: string };
  /** Kinds with the same word here share one space of ids (`guest`: VMs and containers). */
  readonly idSpace?: string;
  /** Names that must be unique: within this space, compared in lower case. Default: the keyword. */
  readonly nameSpace?: string;
  /** Whether profiles may be extended by blocks of this kind. */
  readonly profiles?: boolean;
  /** The resource with what follows from others where no file says it; findings and steps see it as if it were said. Pure. */
  readonly complete?: (resource: Resource, model: Model) => Resource;
  /** The resources that must exist before this one, besides refs in attributes marked below and `needs`. */
  readonly edges?: (resource: Resource, model: Model) => readonly { readonly to: string; readonly reason: string }[];
  /** The steps of one resource, in the order of its own turn, and what they presuppose. Pure. */
  readonly lower?: (resource: Resource, context: LowerContext) => Lowered;
  /**
   * The steps that take back a guest of this kind that no file declares any more; `source` is the last plan, `dependants` are
   * those that needed it and are not declared either. Pure.
   */
  readonly retire?: (guest: RetiredGuest, source: Span, dependants: readonly GuestRef[]) => readonly Step[];
  /** The steps that tell what was declared of a thing of this kind and is not any more; `source` is the last plan. Pure. */
  readonly leave?: (thing: RetiredThing, source: Span) => readonly Step[];
  /** The steps that do one thing with a guest on demand; none where there is nothing of the kind to do. Pure. */
  readonly act?: (resource: Resource, demand: Demand) => readonly Step[];
}

/** What is asked of one guest. */
export interface Demand {
  /** `pause` stops it to start it again with `resume`. */
  readonly verb: "start" | "stop" | "pause" | "resume" | "snapshot" | "rollback" | "destroy";
  /** The name of the snapshot to take, or to roll back to. */
  readonly snapshot?: string;
  /** Guests that need it while they run. */
  readonly neededBy: readonly GuestRef[];
  readonly model: Model;
}

export interface Lowered {
  readonly steps: readonly Step[];
  readonly requirements: readonly Requirement[];
  /** Scripts that the steps run in guests, by name; see {@link Plan.scripts}. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** What makes the steps impossible or incomplete. */
  readonly diagnostics?: readonly Diagnostic[];
}

/** What lowering may look at besides its own resource. */
export interface LowerContext {
  readonly model: Model;
  /** The resource that a ref value names. */
  readonly get: (address: string) => Resource | undefined;
  /** What the last plan declared of a guest and the files no longer do. */
  readonly retired?: RetiredGuest;
  /** What can be installed in guests; there when the files ask for any of it. */
  readonly features?: Features;
}

/** A semantic rule: looks at the whole model and reports. One rule a file. */
export interface Rule {
  /** For `--help` and tests: `network/address-in-subnet`. */
  readonly name: string;
  readonly check: (model: Model, report: (finding: Diagnostic) => void) => void;
}

/** Turns a plan into text; the file name's extension is for `--out`. */
export interface Emitter {
  readonly format: string;
  readonly doc: string;
  readonly emit: (plan: Plan, model: Model) => string;
}

/** All that a plugin brings. Built-in and external plugins are the same. */
export interface Plugin {
  readonly name: string;
  readonly kinds?: readonly KindSpec[];
  readonly rules?: readonly Rule[];
  readonly emitters?: readonly Emitter[];
  /** The findings that its rules and kinds report; they join the catalogue of `phxc explain`. */
  readonly diagnostics?: readonly DiagnosticKind<never>[];
}

/** Declares a kind; the identity function, for its type. */
export function defineKind(kind: KindSpec): KindSpec {
  return kind;
}

/** Declares a rule. */
export function defineRule(rule: Rule): Rule {
  return rule;
}

/** Declares a plugin; what a plugin module exports as `plugin`. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}
