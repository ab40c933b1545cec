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

/** One row of the field table. */
export interface Field {
  readonly type: TypeName | FieldType;
  readonly fate: Fate;
  readonly required?: boolean;
}

/**
 * Rows by path: `#` is a guest's id as a key, `*` any key, `[]` the elements of a list, a trailing `*` in a name the rest of
 * it (`vllm_*`). A row without rows below it covers all that stands inside its value.
 */
export type FieldTable = Readonly<Record<string, Field>>;

export function compiled(type: Field["type"], into: string): Field {
  return { type, fate: { fate: "compiled", into } };
}

/** As {@link compiled}, for fields without which a guest cannot be made. */
export function required(type: Field["type"], into: string): Field {
  return { type, fate: { fate: "compiled", into }, required: true };
}

export function read(type: Field["type"], into: string): Field {
  return { type, fate: { fate: "read", into } };
}

export function foreign(system: string): Field {
  return { type: "any", fate: { fate: "foreign", system } };
}

export function later(advice: string): Field {
  return { type: "any", fate: { fate: "later", advice } };
}

export function idle(advice: string): Field {
  return { type: "any", fate: { fate: "idle", advice } };
}

/** Says something about the file itself. */
export const info: Field = { type: "any", fate: { fate: "info" } };

/** The rows of a table as they are below a path; the row called `""` is that of the path itself. */
export function below(path: string, table: FieldTable): FieldTable {
  const at = (name: string): string => (name === "" || name.startsWith("[") ? path + name : `${path}.${name}`);
  return Object.fromEntries(Object.entries(table).map(([name, field]) => [at(name), field]));
}

/** The existing system's own word for "none" is `NOT_SET`; a hash in clear text is reported as any secret is. */
export const SECRET: FieldType = {
  describe: "where the hash is: `env:NAME`, `file:/path` or `cmd:COMMAND`",
  schema: { type: "string" },
};

/** A list of firewall rules. */
export const RULES: FieldTable = {
  "[].type": required("direction", "the direction of a rule"),
  "[].action": required("action", "the action of a rule"),
  "[].proto": compiled("proto", "the protocol of a rule"),
  "[].port": compiled("ports", "the ports of a rule"),
  "[].source": compiled("firewallEnd", "`from` of a rule"),
  "[].dest": compiled("firewallEnd", "`to` of a rule"),
  "[].iface": compiled("word", "`iface` of a rule"),
  "[].comment": compiled("text", "`comment` of a rule"),
};

/** The type of a field, by name or its own. */
export function typeOf(field: Field): FieldType {
  return typeof field.type === "string" ? TYPES[field.type] : field.type;
}
