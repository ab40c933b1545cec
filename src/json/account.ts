import { jsonForeignField, jsonIdleField, jsonInfoField, jsonLaterField } from "../diagnostics/catalogue/json-text.js";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic.js";
import type { Span } from "../text/source.js";
import type { Fate } from "./field.js";

/** Fields of one name with one fate, and where they stand. */
interface Group {
  /** As the table has it, without the guest. */
  readonly path: string;
  readonly unit: string;
  readonly fate: Fate;
  readonly places: Span[];
}

/** Groups in the order of their first places; containers and virtual machines share those of one name and fate. */
export interface Groups {
  readonly byKey: Map<string, Group>;
  readonly byPath: Map<string, Group>;
}

/** How many further places a note shows. */
const MAX_RELATED = 3;

export function noGroups(): Groups {
  return { byKey: new Map(), byPath: new Map() };
}

/** Reports every field that is not compiled: one note for all fields of a name, at the first of them. */
export function reportFates(groups: Groups, report: (finding: Diagnostic) => void): void {
  for (const group of groups.byKey.values()) reportGroup(group, report);
}

/** Takes note of a field that stands in a file; `path` is that of its value in the table. */
export function account(groups: Groups, path: string, fate: Fate, place: Span): void {
  const known = groups.byPath.get(path);
  if (known !== undefined) {
    known.places.push(place);
    return;
  }
  const inGuest = path.replace(GUEST, "");
  const unit = unitOf(path);
  const key = `${inGuest} ${unit} ${JSON.stringify(fate)}`;
  const group = groups.byKey.get(key) ?? { path: inGuest, unit, fate, places: [] };
  group.places.push(place);
  groups.byKey.set(key, group);
  groups.byPath.set(path, group);
}

/** Whether a field of such a fate is to be reported. */
export function isReported({ fate }: Fate): boolean {
  return fate !== "compiled" && fate !== "read";
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
