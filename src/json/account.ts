import { jsonForeignField, jsonIdleField, jsonInfoField, jsonLaterField } from "../diagnostics/catalogue/json-text.js";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic.js";
import type { Span } from "../text/source.js";
import type { Fate } from "./field.js";
import { type FieldNode, fieldOf, isLeaf } from "./fields.js";
import { isEmpty } from "./context.js";
import type { JsonNode } from "./tree.js";

/** A file's tree with the part of the field table that describes it. */
export interface Described {
  readonly tree: JsonNode;
  readonly fields: FieldNode;
}

/** Fields of one name with one fate, and where they stand. */
interface Group {
  /** As the table has it, without the guest. */
  readonly path: string;
  readonly unit: string;
  readonly fate: Fate;
  readonly places: Span[];
}

/** Groups in the order of their first places; containers and virtual machines share those of one name and fate. */
interface Groups {
  readonly byKey: Map<string, Group>;
  readonly byField: Map<FieldNode, Group>;
}

/** How many further places a note shows. */
const MAX_RELATED = 3;

/** Reports every field that is not compiled: one note for all fields of a name, at the first of them. */
export function reportFates(files: readonly Described[], report: (finding: Diagnostic) => void): void {
  const groups: Groups = { byKey: new Map(), byField: new Map() };
  for (const { tree, fields } of files) collect(tree, fields, groups);
  for (const group of groups.byKey.values()) reportGroup(group, report);
}

function collect(node: JsonNode, fields: FieldNode, groups: Groups): void {
  if (node.type === "array" && fields.items !== undefined) {
    for (const item of node.items) collect(item, fields.items, groups);
  }
  if (node.type !== "object") return;
  for (const member of node.members.values()) {
    const field = fieldOf(fields, member.name);
    if (field === undefined || isEmpty(member.value)) continue;
    if (isLeaf(field)) addTo(groups, field, member.nameSpan);
    else collect(member.value, field, groups);
  }
}

function addTo(groups: Groups, field: FieldNode, place: Span): void {
  const fate = field.field?.fate;
  if (fate === undefined || fate.fate === "compiled" || fate.fate === "read") return;
  const known = groups.byField.get(field);
  if (known !== undefined) {
    known.places.push(place);
    return;
  }
  const path = field.path.replace(GUEST, "");
  const unit = unitOf(field.path);
  const key = `${path} ${unit} ${JSON.stringify(fate)}`;
  const group = groups.byKey.get(key) ?? { path, unit, fate, places: [] };
  group.places.push(place);
  groups.byKey.set(key, group);
  groups.byField.set(field, group);
}

const GUEST = /^(lxc_configs\.#|vms\[\])\./;

function unitOf(path: string): string {
  if (path.endsWith("*")) return "field";
  return GUEST.test(path) && !path.replace(GUEST, "").includes("[]") ? "guest" : "place";
}

function reportGroup(group: Group, report: (finding: Diagnostic) => void): void {
  const [first, ...rest] = group.places;
  if (first === undefined) return;
  const { fate, unit } = group;
  const total = group.places.length;
  const count = total === 1 && unit !== "guest" ? "" : ` (${total} ${unit}${total === 1 ? "" : "s"})`;
  const related = rest.slice(0, MAX_RELATED).map((span) => ({ span, message: "and here" }));
  const args = { field: group.path, count };
  if (fate.fate === "foreign") report(diagnose(jsonForeignField, first, { ...args, system: fate.system }, { related }));
  if (fate.fate === "later") report(diagnose(jsonLaterField, first, { ...args, advice: fate.advice }, { related }));
  if (fate.fate === "idle") report(diagnose(jsonIdleField, first, { ...args, advice: fate.advice }, { related }));
  if (fate.fate === "info") report(diagnose(jsonInfoField, first, args, { related }));
}
