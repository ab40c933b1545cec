import type { JsonMember, JsonNode, JsonObject } from "./tree.js";

/**
 * Tolerant access to values of the tree. Each function answers `undefined` for a value of another shape: the schema has
 * reported it, and what depends on it is left out.
 */

/** Whether a value says anything: `null` and empty text are as good as nothing, as for the existing system. */
export function isSet(node: JsonNode): boolean {
  return node.type !== "null" && !(node.type === "string" && node.value === "");
}

/** The property of an object, unless it is missing, `null` or empty text. */
export function member(node: JsonNode | undefined, name: string): JsonMember | undefined {
  const found = node?.type === "object" ? node.members.get(name) : undefined;
  return found !== undefined && isSet(found.value) ? found : undefined;
}

/** The first of several spellings of a property that is there. */
export function memberOf(node: JsonNode | undefined, names: readonly string[]): JsonMember | undefined {
  return names.map((name) => member(node, name)).find((found) => found !== undefined);
}

export function objectOf(node: JsonNode | undefined): JsonObject | undefined {
  return node?.type === "object" ? node : undefined;
}

/** The elements of a list that say anything; none for anything else. */
export function itemsOf(node: JsonNode | undefined): readonly JsonNode[] {
  return node?.type === "array" ? node.items.filter(isSet) : [];
}

/** Text; numbers and booleans in their JSON spelling. */
export function textOf(node: JsonNode | undefined): string | undefined {
  if (node?.type === "string") return node.value;
  return node?.type === "number" || node?.type === "boolean" ? String(node.value) : undefined;
}

/** A whole number that is not negative, also written as text. */
export function intOf(node: JsonNode | undefined): number | undefined {
  const text = textOf(node)?.trim();
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

const YES: ReadonlySet<string> = new Set(["true", "yes", "on", "1"]);
const NO: ReadonlySet<string> = new Set(["false", "no", "off", "0"]);

/** A truth value in any of its spellings: `true`, `"yes"`, `1`. */
export function boolOf(node: JsonNode | undefined): boolean | undefined {
  const text = textOf(node)?.toLowerCase();
  if (text === undefined) return undefined;
  if (YES.has(text)) return true;
  return NO.has(text) ? false : undefined;
}

/** A part of a list with the place where it stands. */
export interface Part {
  readonly text: string;
  readonly node: JsonNode;
}

/** The elements of a list of texts; a text is split at commas, semicolons and blanks and stands for a list. */
export function partsOf(node: JsonNode | undefined): readonly Part[] {
  if (node === undefined) return [];
  if (node.type === "array") return node.items.flatMap(partsOf);
  const text = textOf(node);
  if (text === undefined) return [];
  return text.split(/[\s,;]+/).flatMap((part) => (part === "" ? [] : [{ text: part, node }]));
}

/** The elements of a list of free texts; a text stands for a list of one. */
export function linesOf(node: JsonNode | undefined): readonly Part[] {
  if (node?.type === "array") return node.items.flatMap(linesOf);
  const text = textOf(node);
  return node === undefined || text === undefined || text.trim() === "" ? [] : [{ text: text.trim(), node }];
}
