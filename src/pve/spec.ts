import type { FormatName } from "./formats.js";

/** When Proxmox applies a changed option to a running guest: at once, at its next start, or never after the creation. */
export type Effect = "at-once" | "pending" | "create-only";

/** What an option, or a key of a property string, may hold. */
export interface Spec {
  readonly type: "boolean" | "integer" | "number" | "string";
  readonly min?: number;
  readonly max?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly words?: readonly string[];
  /** Matched against the whole value. */
  readonly pattern?: RegExp;
  /** What the pattern means, for people: "an octal mode such as 0660". */
  readonly describe?: string;
  readonly format?: FormatName;
  /** Several values of `format`, separated by commas, semicolons or blanks. */
  readonly list?: boolean;
  readonly keys?: PropertyFormat;
  /** `name[n]`: the highest index. */
  readonly highest?: number;
  /** Another key or option that must be given with it. */
  readonly requires?: string;
  /** Its argument may be left out, and is then asked for on stdin. */
  readonly prompts?: boolean;
  /** How many bytes its unit has, where it counts bytes in whole units. */
  readonly unit?: number;
  /** What it is, in one sentence; options that files can declare have one. */
  readonly doc?: string;
  /** Of an option; of a key where it differs. A change waits for a restart where nothing is said. */
  readonly effect?: Effect;
  /** The oldest Proxmox VE release that knows it, as `8.2`. */
  readonly since?: string;
  /** What Proxmox takes where nothing is set: a value, or words about it. */
  readonly default?: string | number | boolean;
}

/** A property string: its keys, which of them may stand bare, which are needed, and other names. */
export interface PropertyFormat {
  readonly defaultKey?: string;
  readonly required: readonly string[];
  readonly keys: Readonly<Record<string, Spec>>;
  /** Other names of keys. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** A key that stands for a value of the default key, as `virtio=MAC` for `model=virtio,macaddr=MAC`. */
  readonly keyAlias?: { readonly words: readonly string[]; readonly key: string; readonly value: string };
}

/** The options of a command, by name; indexed ones as `scsi[n]`. */
export type Options = Readonly<Record<string, Spec>>;

export const bool: Spec = { type: "boolean" };

/** A whole number within bounds. */
export function int(min?: number, max?: number): Spec {
  return { type: "integer", ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

/** A number within bounds. */
export function num(min?: number, max?: number): Spec {
  return { type: "number", ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

/** One of some words. */
export function oneOf(...words: readonly string[]): Spec {
  return { type: "string", words };
}

/** Text, with what limits it. */
export function text(limits: Omit<Spec, "type"> = {}): Spec {
  return { type: "string", ...limits };
}

/** Text in one of Proxmox's named formats. */
export function format(name: FormatName, limits: Omit<Spec, "type" | "format"> = {}): Spec {
  return { type: "string", format: name, ...limits };
}

/** Text that matches as a whole. */
export function matching(pattern: RegExp, limits: Omit<Spec, "type" | "pattern"> = {}): Spec {
  return { type: "string", pattern, ...limits };
}

/** A yes or no with its sentence, and what holds where it is not said. */
export function flag(doc: string, byDefault: boolean | undefined, more: Omit<Spec, "type"> = {}): Spec {
  return { type: "boolean", doc, ...(byDefault === undefined ? {} : { default: byDefault }), ...more };
}

/** A property string: the key that may stand bare, all keys, those that must be there, other names. */
export function property(
  defaultKey: string | undefined,
  keys: Readonly<Record<string, Spec>>,
  required: readonly string[] = [],
  more: Pick<PropertyFormat, "aliases" | "keyAlias"> = {},
): Spec {
  return { type: "string", keys: { ...(defaultKey === undefined ? {} : { defaultKey }), required, keys, ...more } };
}

/** An option that exists with an index from 0 to `highest`. */
export function upTo(highest: number, spec: Spec): Spec {
  return { ...spec, highest };
}

/** What files can declare: an option or key with its sentence for the reference, and more of what is known of it. */
export function told(spec: Spec, doc: string, more: Omit<Spec, "type"> = {}): Spec {
  return { ...spec, doc, ...more };
}

/** Options that all have one effect. */
export function having(effect: Effect, options: Options): Options {
  return Object.fromEntries(Object.entries(options).map(([name, spec]) => [name, { ...spec, effect }]));
}

const indexed = /^([a-z]+)(0|[1-9]\d*)$/;

/** What an option of this name may hold; undefined when the command does not know it. */
export function specOf(options: Options, name: string): Spec | undefined {
  const plain = Object.hasOwn(options, name) ? options[name] : undefined;
  if (plain !== undefined) return plain;
  const match = indexed.exec(name);
  if (match === null) return undefined;
  const family = options[`${match[1]}[n]`];
  return family?.highest !== undefined && Number(match[2]) <= family.highest ? family : undefined;
}
