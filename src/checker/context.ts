import { diagnose } from "../diagnostics/diagnostic.js";
import type { Diagnostic, DiagnosticKind, Extra } from "../diagnostics/diagnostic.js";
import { valueCycle } from "../diagnostics/catalogue/semantics.js";
import type { Address, ModelSource, Setting, SettingLayer, Value } from "../model/resource.js";
import type { KindSpec, SectionSpec } from "../plugin-api/index.js";
import type { AssertItem, Attribute, Block, Expr, Item } from "../syntax/ast.js";
import type { Span } from "../text/source.js";
import type { Datum, Variable } from "./datum.js";
import type { Doubts } from "./doubts.js";
import type { CheckerIo } from "./input.js";
import { labelOfValue } from "./labels.js";
import type { Labelled } from "./labels.js";

/** The state of one run of the checker; every module gets it as its first argument. */
export interface Context {
  readonly kinds: ReadonlyMap<string, KindSpec>;
  readonly io: CheckerIo;
  /** The value of an expression; see evaluate.ts. Here, because evaluating and looking things up need each other. */
  readonly evaluate: (expr: Expr, scope: Scope) => Datum;
  readonly findings: Diagnostic[];
  readonly globals: Scope;
  /** Values that were drawn, by whose they are. */
  readonly drawn: ReadonlyMap<string, string>;
  readonly profiles: Map<string, Profile>;
  /** All top-level blocks of known kinds, in source order. */
  readonly nodes: ResourceNode[];
  /** Resources by address; of duplicates the first. */
  readonly byAddress: Map<Address, ResourceNode>;
  /** Resources by name and by id as text. */
  readonly byText: Map<string, ResourceNode[]>;
  /** Who has an id or a name first, by space; see resources.ts. */
  readonly taken: Map<string, ResourceNode>;
  /** File-level assertions, to be judged when all is known. */
  readonly assertions: { readonly item: AssertItem; readonly scope: Scope }[];
  /** Variables that env() read. */
  readonly environment: Set<string>;
  /** Files that file() read, with their digests. */
  readonly texts: Map<string, ModelSource>;
  /** What is being evaluated, outermost first; for printing cycles. */
  readonly busy: Lazy<unknown>[];
  /** Kinds of blocks whose name could not be read: any unknown name of these kinds may be theirs. */
  readonly unnamed: Set<string>;
  /** Names that were looked for in vain, with what was suggested. */
  readonly suggestions: Map<string, string | undefined>;
  /** Source text of what could not be read; names in it are not reported as unknown. */
  readonly lost: string[];
  readonly state: State;
}

interface State {
  /** Turns of all loops so far. */
  turns: number;
  /** Depth of nested evaluations. */
  depth: number;
  /** Whether all top-level blocks have been collected, so that names can be looked up. */
  areResourcesKnown: boolean;
  /** A whole file is missing: unknown names are not reported. */
  isIncomplete: boolean;
  /** Where it is uncertain which block an entry stands in. */
  doubts: Doubts;
  /** Something is left to phxc to choose. */
  draws: boolean;
}

/** Names in force at a place. */
export interface Scope {
  readonly parent: Scope | undefined;
  readonly bindings: Map<string, Binding>;
  /** What `self` means. */
  readonly self: ResourceNode | undefined;
}

/** A param, let or loop variable; evaluated when first used. */
export interface Binding {
  readonly variable: Variable;
  readonly value: Lazy<Datum>;
}

/** A value that is computed at most once, with detection of cycles. */
export interface Lazy<T> {
  /** Whose value it is: a variable, as cycles call it (`let a`), or a body. */
  readonly of: string | Labelled;
  /** Which one of a body's: `.memory`; else empty. */
  readonly part: string;
  readonly compute: () => T;
  state: "fresh" | "busy" | "done";
  value: T | undefined;
}

/** A named set of entries that blocks extend. */
export interface Profile {
  readonly name: string;
  readonly block: Block;
  readonly scope: Scope;
}

/** Entries of one origin: a profile's or the block's own; later layers win. */
export interface Layer {
  readonly items: readonly Item[];
  readonly scope: Scope;
  readonly profile: string | undefined;
}

/** An attribute as written, with the scope of its expression. */
export interface Source {
  readonly attribute: Attribute;
  readonly scope: Scope;
  readonly layer: number;
}

/** A block (with what it extends) on its way to a section of the model. */
export interface BodyNode extends Labelled {
  readonly keyword: string;
  /** Keywords of the blocks from the top-level one (not included) down to this one. */
  readonly path: readonly string[];
  readonly spec: SectionSpec;
  readonly layers: Layer[];
  readonly args: ReadonlyMap<string, Value>;
  readonly argSpans: ReadonlyMap<string, Span>;
  readonly span: Span;
  /** Attributes that no loop sets: known without evaluating anything. Made when first asked for. */
  direct: ReadonlyMap<string, readonly Source[]> | undefined;
  readonly expansion: Lazy<Expansion>;
  /** Checked attributes, as they are asked for. */
  readonly settings: Map<string, Lazy<Setting | undefined>>;
  /** Layers of those that `absent` has taken away; undefined where there are none. */
  takenAway: Map<string, readonly SettingLayer[]> | undefined;
}

/** What a body holds after its loops and conditions. */
export interface Expansion {
  readonly sources: ReadonlyMap<string, readonly Source[]>;
  readonly sections: readonly BodyNode[];
  readonly assertions: readonly { readonly item: AssertItem; readonly scope: Scope }[];
  /** Attributes that the same layer sets again. */
  readonly repeated: readonly Repeated[];
  /** Something in it could not be read: what is missing is not reported. */
  readonly isDamaged: boolean;
}

/** An attribute that is set twice in one layer; the first one counts. */
export interface Repeated {
  readonly again: Attribute;
  readonly first: Attribute;
  readonly profile: string | undefined;
}

/** A top-level block. */
export interface ResourceNode extends BodyNode {
  readonly kind: KindSpec;
  readonly address: Address;
  readonly id: number | undefined;
  readonly name: string;
  /** Whose id it is in the lock file, where it was left to phxc. */
  readonly drawn: string | undefined;
  /** Its id or name is another's, or unreadable: it is checked, but not in the model. */
  isSpurious: boolean;
}

/** Reports a finding. */
export function report<Args>(ctx: Context, kind: DiagnosticKind<Args>, at: Span, args: Args, extra: Extra = {}): void {
  ctx.findings.push(diagnose(kind, at, args, extra));
}

export function childScope(parent: Scope | undefined, self: ResourceNode | undefined = parent?.self): Scope {
  return { parent, bindings: new Map(), self };
}

export function lookUp(scope: Scope, name: string): Binding | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const found = at.bindings.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** All names in force, innermost first. */
export function namesInForce(scope: Scope): readonly string[] {
  const names = new Set<string>();
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    for (const name of at.bindings.keys()) names.add(name);
  }
  return [...names];
}

export function lazy<T>(of: Lazy<T>["of"], part: string, compute: () => T): Lazy<T> {
  return { of, part, compute, state: "fresh", value: undefined };
}

/** The value, computed now if need be; when that leads back to itself, reports the cycle at `at` and gives `onCycle`. */
export function force<T>(ctx: Context, thunk: Lazy<T>, at: Span, onCycle: T): T {
  if (thunk.state === "done") return thunk.value as T;
  if (thunk.state === "busy") {
    const chain = [...ctx.busy.slice(ctx.busy.lastIndexOf(thunk)), thunk].map(labelOfValue);
    report(ctx, valueCycle, at, { chain });
    return onCycle;
  }
  thunk.state = "busy";
  ctx.busy.push(thunk);
  thunk.value = thunk.compute();
  ctx.busy.pop();
  thunk.state = "done";
  return thunk.value;
}

/** Whether a missing name may be a consequence of something that has been reported already. */
export function isExcused(ctx: Context, name: string): boolean {
  return ctx.state.isIncomplete || ctx.lost.some((text) => text.split(/[^A-Za-z0-9_/-]+/).includes(name));
}
