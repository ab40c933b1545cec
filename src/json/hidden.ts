import { isStandIn, looksSecret } from "../text/secrets.js";
import type { Span } from "../text/source.js";
import type { JsonMember, JsonNode } from "./node.js";

/** A credential that stood in clear text, and is hidden in the tree. */
export interface Hidden {
  readonly name: string;
  /** Of the name; the value is never shown. */
  readonly span: Span;
  readonly value: Span;
}

/** The value of a member, hidden if the name is that of a secret. */
export function hideMember(hidden: Hidden[], name: string, nameSpan: Span, value: JsonNode): JsonNode {
  return looksSecret(name) ? hide(hidden, name, nameSpan, value) : value;
}

/** Hides the value of `"name": "NAME_OF_A_SECRET", "value": "..."` among the members of an object. */
export function hidePair(hidden: Hidden[], members: Map<string, JsonMember>): void {
  const name = members.get("name")?.value;
  const member = members.get("value");
  if (name?.type !== "string" || member === undefined || !looksSecret(name.value)) return;
  members.set("value", { ...member, value: hide(hidden, name.value, name.span, member.value) });
}

/** Text becomes asterisks and a number ones, as in the text of the file. */
function hide(hidden: Hidden[], name: string, nameSpan: Span, node: JsonNode): JsonNode {
  if (node.type !== "string" && node.type !== "number") return node;
  if (isStandIn(String(node.value))) return node;
  const { start, end } = node.span;
  hidden.push({ name, span: nameSpan, value: node.span });
  return node.type === "string"
    ? { ...node, value: "*".repeat(end - start - 2) }
    : { ...node, value: Number("1".repeat(end - start)) };
}
