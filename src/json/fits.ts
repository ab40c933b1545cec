import { type FieldNode, type Fields, isGroup, isLeaf, requiredNames, typeOf } from "./field.js";
import type { Guest } from "./context.js";
import { CONFIG_FIELDS, fieldOf } from "./fields.js";
import type { JsonNode, JsonObject } from "./node.js";
import { isSet, member } from "./read.js";
import type { TypeSchema } from "./types.js";

/**
 * Whether a value is as the field table wants it: what the JSON Schemas of the table say, without saying what is wrong. Most files
 * fit, and need no validator then; a property holds this to what Ajv says.
 */
export function fits(node: JsonNode, field: FieldNode): boolean {
  return hasShape(node, field, true);
}

/** As {@link fits}, for one layer of a guest: others may have what it lacks, except in elements of lists, which no other completes. */
export function layerFits({ kind, node }: Guest): boolean {
  const { lxc_configs: containers, vms: machines } = CONFIG_FIELDS.names;
  const field = kind === "ct" ? containers?.ids : machines?.items;
  return field !== undefined && hasShape(node, field, false);
}

/** `isWhole`: objects that lack a required field do not fit. */
function hasShape(node: JsonNode, field: FieldNode, isWhole: boolean): boolean {
  const own = typeOf(field);
  if (own !== undefined && !hasType(node, own.schema)) return false;
  if (isLeaf(field)) return true;
  if (own === undefined && node.type !== (isGroup(field) ? "object" : "array")) return false;
  if (node.type === "object") return !isGroup(field) || membersFit(node, field, isWhole);
  const { items } = field;
  return node.type !== "array" || items === undefined || node.items.every((item) => hasShape(item, items, true));
}

/** What is `null` or empty text counts as not written. */
function membersFit(node: JsonObject, field: FieldNode, isWhole: boolean): boolean {
  for (const { name, value } of node.members.values()) {
    if (!isSet(value)) continue;
    const inner = fieldOf(field, name);
    if (inner === undefined || !hasShape(value, inner, isWhole)) return false;
  }
  return !isWhole || neededIn(field.names).every((name) => member(node, name) !== undefined);
}

const needed = new Map<Fields, readonly string[]>();

/** As {@link requiredNames}, found once for all objects of a sort. */
function neededIn(names: Fields): readonly string[] {
  const known = needed.get(names);
  if (known !== undefined) return known;
  const found = requiredNames(names);
  needed.set(names, found);
  return found;
}

function hasType(node: JsonNode, schema: TypeSchema): boolean {
  const { type, minimum, maximum, pattern, items, additionalProperties } = schema;
  if (type !== undefined && !(typeof type === "string" ? isOf(node, type) : type.some((one) => isOf(node, one)))) {
    return false;
  }
  if (node.type === "string") return pattern === undefined || patternOf(pattern).test(node.value);
  if (node.type === "number") {
    return (minimum === undefined || node.value >= minimum) && (maximum === undefined || node.value <= maximum);
  }
  if (node.type === "array") return items === undefined || node.items.every((item) => hasType(item, items));
  if (node.type !== "object" || additionalProperties === undefined) return true;
  return [...node.members.values()].every(({ value }) => !isSet(value) || hasType(value, additionalProperties));
}

function isOf(node: JsonNode, type: string): boolean {
  if (node.type !== "number") return node.type === type;
  return type === "integer" ? Number.isInteger(node.value) : type === "number" && Number.isFinite(node.value);
}

const patterns = new Map<string, RegExp>();

function patternOf(text: string): RegExp {
  const known = patterns.get(text);
  if (known !== undefined) return known;
  const made = new RegExp(text, "u");
  patterns.set(text, made);
  return made;
}
