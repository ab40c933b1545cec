import type { DrawSort } from "../model/drawn.js";
import type { Model, Resource, Section } from "../model/resource.js";
import type { Span } from "../text/source.js";

/** Values that the files leave to phxc (`ip = auto`): what asks for one, and what it is drawn from. */

/** How an attribute or an argument lets a value be drawn. */
export interface DrawSpec {
  /** The word in the place of the value. */
  readonly word: string;
  readonly sort: DrawSort;
  /** Where it is drawn from. `section`: the block that asks, where it is not the resource itself. Pure. */
  readonly from: (asker: { readonly resource: Resource; readonly section?: Section }, model: Model) => Supply | Lack;
}

/** A range of values, and those of them that something declared has. */
export interface Supply {
  /** What the range belongs to, for the lock file: the network's name; empty for what is unique everywhere. */
  readonly scope: string;
  /** Values are unique among all supplies with this text: networks on one bridge share their addresses. */
  readonly space: string;
  readonly first: bigint;
  readonly last: bigint;
  /** As the files write the range, and where. */
  readonly text: string;
  readonly span: Span;
  /** Whether something declared has a value, so that it must not be drawn. */
  readonly isTaken: (value: bigint) => boolean;
}

/** Why there is nothing to draw from. */
export interface Lack {
  /** As in "there is nothing to draw from: ...". */
  readonly lack: string;
  readonly help: string;
  /** The block that should say it. */
  readonly span?: Span;
}
