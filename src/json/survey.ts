import { type FieldNode, type Fields, isGroup, isLeaf, requiredNames, typeOf } from "./field.js";
import { account, type Groups, isReported } from "./account.js";
import { type Guest, isEmpty } from "./context.js";
import { CONFIG_FIELDS, fieldOf, pathOf } from "./fields.js";
import type { JsonMember, JsonNode, JsonObject } from "./node.js";
import { isSet, member } from "./read.js";
import type { TypeSchema } from "./types.js";

/**
 * Goes through a file once: whether it is as the field table wants it, which is what the JSON Schemas of the table say, without saying
 * what is wrong; and which of its fields are not compiled. Most files fit, and need no validator then; a property holds this to what
 * Ajv says.
 */
export function survey(tree: JsonNode, fields: FieldNode, groups: Groups): boolean {
  return hasShape(tree, fields, { path: "", isWhole: true, groups });
}

/** As {@link survey}, for one layer of a guest: others may have what it lacks, except in elements of lists, which no other completes. */
export function surveyLayer({ kind, node }: Guest, groups: Groups): boolean {
  const { lxc_configs: containers, vms: machines } = CONFIG_FIELDS.names;
  const field = kind === "ct" ? containers?.ids : machines?.items;
  const path = kind === "ct" ? "lxc_configs.#" : "vms[]";
  return field !== undefined && hasShape(node, field, { path, isWhole: false, groups });
}

interface Surveyed {
  /** Of the value, in the table. */
  readonly path: string;
  /** Objects that lack a required field do not fit. */
  readonly isWhole: boolean;
  readonly groups: Groups;
}

function hasShape(node: JsonNode, field: FieldNode, at: Surveyed): boolean {
  const isTyped = isOfType(node, field);
  if (isLeaf(field)) return isTyped;
  const hasOwn = field.type !== undefined;
  if (node.type === "object" && isGroup(field)) return membersFit(node, field, at) && isTyped;
  const { items } = field;
  if (node.type !== "array" || items === undefined) return isTyped && hasOwn;
  const inside = { path: `${at.path}[]`, isWhole: true, groups: at.groups };
  let doesFit = isTyped && (hasOwn || !isGroup(field));
  for (const item of node.items) doesFit = hasShape(item, items, inside) && doesFit;
  return doesFit;
}

function isOfType(node: JsonNode, field: FieldNode): boolean {
  const own = typeOf(field);
  return own === undefined || hasType(node, own.schema);
}

/** What is `null` or empty text counts as not written. */
function membersFit(node: JsonObject, field: FieldNode, at: Surveyed): boolean {
  let doesFit = true;
  for (const member of node.members.values()) {
    if (!isSet(member.value)) continue;
    const inner = fieldOf(field, member.name);
    if (inner === undefined) doesFit = false;
    else if (isLeaf(inner)) doesFit = leafFits(member, inner, field, at) && doesFit;
    else {
      const path = pathOf(at.path, field, member.name);
      doesFit = hasShape(member.value, inner, { path, isWhole: at.isWhole, groups: at.groups }) && doesFit;
    }
  }
  return doesFit && (!at.isWhole || neededIn(field.names).every((name) => isGiven(node, name)));
}

/** A field with nothing below, which is what can be left out of the plan; an empty list or object says nothing that could be lost. */
function leafFits({ name, nameSpan, value }: JsonMember, field: FieldNode, around: FieldNode, at: Surveyed): boolean {
  const { fate } = field;
  if (fate !== undefined && isReported(fate) && !isEmpty(value)) {
    account(at.groups, pathOf(at.path, around, name), fate, nameSpan);
  }
  return isOfType(value, field);
}

function isGiven(node: JsonObject, name: string): boolean {
  return member(node, name) !== undefined;
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
  if (type !== undefined && !isOf(node, type)) return false;
  if (node.type === "string") return pattern === undefined || patternOf(pattern).test(node.value);
  if (node.type === "number") {
    return (minimum === undefined || node.value >= minimum) && (maximum === undefined || node.value <= maximum);
  }
  if (node.type === "array") return items === undefined || node.items.every((item) => hasType(item, items));
  if (node.type !== "object" || additionalProperties === undefined) return true;
  return [...node.members.values()].every(({ value }) => !isSet(value) || hasType(value, additionalProperties));
}

function isOf(node: JsonNode, type: NonNullable<TypeSchema["type"]>): boolean {
  const allowed: readonly string[] = typeof type === "string" ? [type] : type;
  if (node.type !== "number") return allowed.includes(node.type);
  return (
    (Number.isInteger(node.value) && allowed.includes("integer")) ||
    (Number.isFinite(node.value) && allowed.includes("number"))
  );
}

const patterns = new Map<string, RegExp>();

function patternOf(text: string): RegExp {
  const known = patterns.get(text);
  if (known !== undefined) return known;
  const made = new RegExp(text, "u");
  patterns.set(text, made);
  return made;
}
