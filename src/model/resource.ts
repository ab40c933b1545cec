import type { Span } from "../text/source.js";

/** `kind.id` or `kind.name`: `vm.8001`, `dataset.quickOS/vm-disks`; unique in a model and stable between runs. */
export type Address = string;

/** A value after the checker has evaluated, typed and resolved it. */
export type Value =
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "bool"; readonly value: boolean }
  /** A plain number without a unit. */
  | { readonly type: "number"; readonly value: number }
  /** In bytes. */
  | { readonly type: "size"; readonly value: number }
  /** In milliseconds. */
  | { readonly type: "duration"; readonly value: number }
  /** `range`: written as `a..b`, and then exactly two items (ports `80..90` are not the ports 80 and 90). */
  | { readonly type: "list"; readonly items: readonly Value[]; readonly range?: true }
  | { readonly type: "map"; readonly entries: readonly (readonly [string, Value])[] }
  /** Another resource; `text` is how it was written. `mention`: what names it does not wait for it. */
  | { readonly type: "ref"; readonly address: Address; readonly text: string; readonly mention?: true }
  /** Only where the secret is: `env:NAME`, `file:/path` or `cmd:...`; its value is never known here. */
  | { readonly type: "secret"; readonly source: string }
  /** Make it so that the option is not set. */
  | { readonly type: "absent" }
  /** Could not be evaluated; reported already, silences what follows. */
  | { readonly type: "error" };

/** An attribute that a file (or a profile, or a front end's defaults) sets. */
export interface Setting {
  readonly name: string;
  readonly value: Value;
  /** Of the value. */
  readonly span: Span;
  readonly nameSpan: Span;
  /** The value was left to phxc: whose it is in the lock file (`vm.8001.net.lan.ip`). An error value until it is drawn. */
  readonly drawn?: string;
  /** What each layer says, lowest first; left out where only the block itself says anything, and that is the value. */
  readonly layers?: readonly SettingLayer[];
}

/** What one place says of an attribute: a profile, a file below another, or the block itself. */
export interface SettingLayer {
  /** The profile that it stands in; none for the block itself and for files. */
  readonly profile?: string;
  /** The operating system whose preset it comes from; the span is then where that is named. */
  readonly preset?: string;
  readonly operator: "=" | "+=";
  /** As it stands there, before `+=` is joined with what is below. */
  readonly value: Value;
  /** Of the value. */
  readonly span: Span;
}

/** The checked inside of a block: attributes by name and nested blocks in the order written. */
export interface Section {
  readonly kind: string;
  /** The block's arguments, by the names that its declaration gives them. */
  readonly args: ReadonlyMap<string, Value>;
  readonly argSpans: ReadonlyMap<string, Span>;
  readonly settings: ReadonlyMap<string, Setting>;
  /** What layers say of attributes that `absent` has taken away, lowest first; left out where there are none. */
  readonly takenAway?: ReadonlyMap<string, readonly SettingLayer[]>;
  readonly sections: readonly Section[];
  readonly span: Span;
  /** Of the words that open the block; where findings about the whole of it point. */
  readonly headSpan: Span;
  /** Of a disk or an interface: the slot that it has had since the last plan (`scsi1`, `net0`); no file says it. */
  readonly slot?: string;
}

/** One declared thing: a guest, pool, dataset, storage, network, image, host or a plugin's kind. */
export interface Resource extends Section {
  readonly address: Address;
  /** The numeric id, for guests. */
  readonly id?: number;
  /** The id was left to phxc: whose it is in the lock file (`vm.web.id`). Without an id until it is drawn. */
  readonly drawn?: string;
  readonly name: string;
  /** Resources that must exist before this one, with the place that says so; order as written. */
  readonly requires: readonly Edge[];
  /** Slots of disks that are not declared any more: no other disk takes their place. */
  readonly reserved?: readonly string[];
}

/** An edge of the dependency graph. */
export interface Edge {
  readonly to: Address;
  readonly span: Span;
  /** Why, in a word: `clone`, `needs`, `storage`, `image`, `network`, ... */
  readonly reason: string;
}

/** All that the files declare, checked, in source order. */
export interface Model {
  readonly resources: ReadonlyMap<Address, Resource>;
  /** The files it was made from, entry first, each once; then the texts that `file()` read, by path. */
  readonly sources: readonly ModelSource[];
  /** Variables that `env()` read, sorted; the header lists the names. */
  readonly environment: readonly string[];
  /** Something in it is left to phxc to choose. */
  readonly draws?: true;
}

export interface ModelSource {
  readonly path: string;
  /** Of the file's bytes, hexadecimal. */
  readonly sha256: string;
}
