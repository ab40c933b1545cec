import { type FieldType, type TypeName, TYPES } from "./types.js";

/**
 * What becomes of a field. `compiled`: it is in the plan, as `into` says. `read`: it steers the compilation without being a
 * value of the plan (a path of another file, a default that every guest overrides). The others are reported, once a name:
 * `foreign` belongs to another system; `later` is not compiled, and `advice` says what to do; `idle` has no effect, and `advice`
 * says why nothing is missing without it; `info` describes the file.
 */
export type Fate =
  | { readonly fate: "compiled"; readonly into: string }
  | { readonly fate: "read"; readonly into: string }
  | { readonly fate: "foreign"; readonly system: string }
  | { readonly fate: "later"; readonly advice: string }
  | { readonly fate: "idle"; readonly advice: string }
  | { readonly fate: "info" };

/** A field of the table: what may stand at one place, with all that may stand inside it. Places that are alike share it. */
export interface FieldNode {
  /** What its value has to be; without it, an object or a list with the fields below. */
  readonly type: TypeName | FieldType | undefined;
  readonly fate: Fate | undefined;
  /** Whether an object without it is incomplete. */
  readonly required: boolean;
  /** Fields by name. A field with nothing below covers all that stands inside its value. */
  readonly names: Fields;
  /** Fields by the beginning of their name. */
  readonly prefixes: readonly (readonly [string, FieldNode])[];
  /** Fields of any other name. */
  readonly others: FieldNode | undefined;
  /** Fields that are called by the id of a guest. */
  readonly ids: FieldNode | undefined;
  /** The elements of a list. */
  readonly items: FieldNode | undefined;
}

export type Fields = Readonly<Record<string, FieldNode>>;

/** What may stand inside a field. */
export type Inside = Partial<Pick<FieldNode, "names" | "prefixes" | "others" | "ids" | "items">>;

const NO_NAMES: Fields = {};
const NO_PREFIXES: FieldNode["prefixes"] = [];

function field(type: FieldNode["type"], fate: Fate | undefined, required: boolean, inside: Inside): FieldNode {
  const { names = NO_NAMES, prefixes = NO_PREFIXES, others, ids, items } = inside;
  return { type, fate, required, names, prefixes, others, ids, items };
}

export function compiled(type: TypeName | FieldType, into: string): FieldNode {
  return field(type, { fate: "compiled", into }, false, {});
}

/** As {@link compiled}, for fields without which a guest cannot be made. */
export function required(type: TypeName | FieldType, into: string): FieldNode {
  return field(type, { fate: "compiled", into }, true, {});
}

export function read(type: TypeName | FieldType, into: string): FieldNode {
  return field(type, { fate: "read", into }, false, {});
}

export function foreign(system: string): FieldNode {
  return field("any", { fate: "foreign", system }, false, {});
}

export function later(advice: string): FieldNode {
  return field("any", { fate: "later", advice }, false, {});
}

export function idle(advice: string): FieldNode {
  return field("any", { fate: "idle", advice }, false, {});
}

/** Says something about the file itself. */
export const info: FieldNode = field("any", { fate: "info" }, false, {});

/** A field that may hold others: its own row says what it is besides. */
export function within({ type, fate, required: isRequired }: FieldNode, inside: Inside): FieldNode {
  return field(type, fate, isRequired, inside);
}

/** A field that is described by what may stand inside it. */
export function holding(inside: Inside): FieldNode {
  return field(undefined, undefined, false, inside);
}

/** An object of these fields; any other name is one of `others`, or a mistake. */
export function group(names: Fields, others?: FieldNode): FieldNode {
  return holding({ names, others });
}

/** A list of objects of these fields. */
export function list(names: Fields): FieldNode {
  return holding({ items: holding({ names }) });
}

/** Whether nothing is declared below: then the field covers all that stands inside. */
export function isLeaf({ names, prefixes, others, ids, items }: FieldNode): boolean {
  return (
    names === NO_NAMES && prefixes === NO_PREFIXES && others === undefined && ids === undefined && items === undefined
  );
}

/** Whether the value of a field with something below is an object, unless its own row says otherwise. */
export function isGroup({ names, prefixes, others, ids }: FieldNode): boolean {
  return names !== NO_NAMES || prefixes !== NO_PREFIXES || others !== undefined || ids !== undefined;
}

/** The existing system's own word for "none" is `NOT_SET`; a hash in clear text is reported as any secret is. */
export const SECRET: FieldType = {
  describe: "where the hash is: `env:NAME`, `file:/path` or `cmd:COMMAND`",
  schema: { type: "string" },
};

/** A list of firewall rules. */
export const RULES: FieldNode = list({
  type: required("direction", "the direction of a rule"),
  action: required("action", "the action of a rule"),
  proto: compiled("proto", "the protocol of a rule"),
  port: compiled("ports", "the ports of a rule"),
  source: compiled("firewallEnd", "`from` of a rule"),
  dest: compiled("firewallEnd", "`to` of a rule"),
  iface: compiled("word", "`iface` of a rule"),
  comment: compiled("text", "`comment` of a rule"),
});

/** The fields without which an object is incomplete. */
export function requiredNames(names: Fields): readonly string[] {
  return Object.keys(names).filter((name) => names[name]?.required === true);
}

/** The type of a field, by name or its own; undefined where what stands inside says all. */
export function typeOf({ type }: FieldNode): FieldType | undefined {
  return typeof type === "string" ? TYPES[type] : type;
}
