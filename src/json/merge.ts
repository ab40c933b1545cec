import { jsonAppendsToOther, jsonBothForms } from "../diagnostics/catalogue/json-layers.js";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic.js";
import { isSet } from "./read.js";
import type { JsonMember, JsonNode, JsonObject } from "./tree.js";

type Report = (finding: Diagnostic) => void;

/**
 * One object over another: objects are merged name by name, everything else is replaced, `"name+"` appends a list to the one
 * below, and `null` takes away what stands below. Each value keeps its place, and each member what it lies over. The result has
 * no `null`, no empty text and no `name+` outside of lists.
 */
export function mergeObjects(below: JsonObject, above: JsonObject, report: Report): JsonObject {
  const members = new Map(below.members);
  for (const member of above.members.values()) {
    const appended = appendedName(member);
    if (appended !== undefined) {
      const other = above.members.get(appended);
      if (other === undefined) append(members, { ...member, name: appended }, report);
      else reportBoth(other, member, report);
    } else if (isSet(member.value)) {
      members.set(member.name, over(members.get(member.name), member, report));
    } else {
      members.delete(member.name);
    }
  }
  return { ...above, members };
}

/** Nothing, at the place of an object. */
export function emptyAt({ span }: JsonNode): JsonObject {
  return { type: "object", span, members: new Map() };
}

function appendedName({ name }: JsonMember): string | undefined {
  return name.length > 1 && name.endsWith("+") ? name.slice(0, -1) : undefined;
}

function reportBoth(first: JsonMember, { name, nameSpan }: JsonMember, report: Report): void {
  const related = [{ span: first.nameSpan, message: "replaced here" }];
  report(diagnose(jsonBothForms, nameSpan, { name: first.name, append: name }, { related }));
}

function over(below: JsonMember | undefined, member: JsonMember, report: Report): JsonMember {
  const { value } = member;
  if (value.type === "object") {
    const base = below?.value.type === "object" ? below.value : emptyAt(value);
    const merged = { ...member, value: mergeObjects(base, value, report) };
    return below === undefined || base === below.value ? merged : { ...merged, below: layersOf(below) };
  }
  return below === undefined ? member : { ...member, below: layersOf(below) };
}

function append(members: Map<string, JsonMember>, member: JsonMember, report: Report): void {
  const { name, value } = member;
  const below = members.get(name);
  const wrong = value.type === "array" ? below : member;
  if (value.type !== "array" || (below !== undefined && below.value.type !== "array")) {
    const related = below === undefined ? [] : [{ span: below.span, message: "appended to this" }];
    report(diagnose(jsonAppendsToOther, member.nameSpan, { name, isOwn: wrong === member }, { related }));
    return;
  }
  const before = below?.value.type === "array" ? below.value.items : [];
  const whole = { ...value, items: [...before, ...value.items] };
  const layers = below === undefined ? {} : { below: layersOf(below) };
  members.set(name, { ...member, value: whole, ...layers, appended: value });
}

/** A member and what it lies over, lowest first. */
function layersOf({ below = [], ...member }: JsonMember): readonly JsonMember[] {
  return [...below, member];
}
