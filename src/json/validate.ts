import type { ErrorObject } from "ajv";
import {
  jsonMissingField,
  jsonNotAGuestId,
  jsonUnknownField,
  jsonWrongType,
} from "../diagnostics/catalogue/json-text.js";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import { span, type Span } from "../text/source.js";
import { type FieldNode, isGroup, typeOf } from "./field.js";
import { CONFIG_FIELDS, fieldOf, STACK_MANIFEST_FIELDS } from "./fields.js";
import type { SchemaName } from "./schema.js";
import { isSet } from "./read.js";
import type { JsonMember, JsonNode, JsonObject } from "./tree.js";
import { validate } from "./validator.js";

/** {@link checkShape}, which is loaded with the validators when a file needs them. */
export type CheckShape = typeof checkShape;

/**
 * Checks the shape of a file against the field table; findings stand at the JSON's own names and values. Of a `layer` of one guest
 * nothing counts as missing except in elements of lists, which no other layer completes; `holes` tells just that.
 */
export function checkShape(
  schema: SchemaName,
  tree: JsonObject,
  report: (finding: Diagnostic) => void,
  part: "whole" | "layer" | "holes" = "whole",
): void {
  const fields = schema === "config" ? CONFIG_FIELDS : STACK_MANIFEST_FIELDS;
  const seen = new Set<string>();
  for (const error of validate(schema, plain(tree))) {
    if (part !== "whole" && isHole(error) !== (part === "holes")) continue;
    const place = locate(tree, fields, error.instancePath);
    const key = `${error.instancePath} ${reportsName(error)}`;
    if (place === undefined || seen.has(key)) continue;
    seen.add(key);
    report(finding(place, error));
  }
}

/** Whether something is missing that another layer of the same guest may have. */
function isHole({ keyword, instancePath }: ErrorObject): boolean {
  return keyword === "required" && !/\/\d+(\/|$)/.test(instancePath.replace(/^\/(lxc_configs|vms)\/\d+/, ""));
}

/** The members that an error names, so that two unknown fields of one object are two findings. */
function reportsName(error: ErrorObject): string {
  return String(error.params["additionalProperty"] ?? error.params["missingProperty"] ?? "");
}

/**
 * The value without positions, as Ajv takes it. What is `null` or empty text counts as not written, as it does for the
 * existing system; objects have no prototype, so that a field called `constructor` is only a field.
 */
function plain(node: JsonNode): unknown {
  if (node.type === "array") return node.items.map(plain);
  if (node.type === "null") return null;
  if (node.type !== "object") return node.value;
  const object = Object.create(null) as Record<string, unknown>;
  for (const member of node.members.values()) if (isSet(member.value)) object[member.name] = plain(member.value);
  return object;
}

interface Place {
  readonly node: JsonNode;
  /** The property whose value it is; undefined for elements of lists and the whole file. */
  readonly member: JsonMember | undefined;
  /** What the table says of it, or of the nearest value around it. */
  readonly field: FieldNode;
  readonly name: string;
}

function locate(tree: JsonObject, fields: FieldNode, pointer: string): Place | undefined {
  let place: Place = { node: tree, member: undefined, field: fields, name: "the file" };
  for (const part of pointer.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    const { node, field } = place;
    if (node.type === "object") {
      const member = node.members.get(name);
      if (member === undefined) return undefined;
      place = { node: member.value, member, field: fieldOf(field, name) ?? field, name };
    } else if (node.type === "array") {
      const item = node.items[Number(name)];
      if (item === undefined) return undefined;
      place = { ...place, node: item, member: undefined, field: field.items ?? field };
    } else return undefined;
  }
  return place;
}

function finding(place: Place, error: ErrorObject): Diagnostic {
  const { node } = place;
  if (error.keyword === "additionalProperties" && node.type === "object") {
    const member = node.members.get(String(error.params["additionalProperty"]));
    if (member !== undefined) return unknownField(place, member);
  }
  if (error.keyword === "required") {
    return diagnose(jsonMissingField, headOf(place), {
      field: String(error.params["missingProperty"]),
      owner: place.member === undefined ? "this object" : `\`${place.name}\``,
    });
  }
  const expected = typeOf(place.field)?.describe ?? (isGroup(place.field) ? "an object" : "a list");
  return diagnose(jsonWrongType, node.span, { field: place.name, expected, found: describe(node) });
}

function unknownField(place: Place, member: JsonMember): Diagnostic {
  const { name, nameSpan } = member;
  if (place.field.ids !== undefined) return diagnose(jsonNotAGuestId, nameSpan, { key: name });
  const better = didYouMean(name, Object.keys(place.field.names));
  const inner = span(nameSpan.file, nameSpan.start + 1, nameSpan.end - 1);
  return diagnose(
    jsonUnknownField,
    nameSpan,
    { name, suggestion: better },
    better === undefined ? {} : { fix: { title: `write \`${better}\``, span: inner, replacement: better } },
  );
}

/** Where to point when something is missing inside an object: its name, else its opening brace. */
function headOf(place: Place): Span {
  const { node, member } = place;
  return member?.nameSpan ?? span(node.span.file, node.span.start, node.span.start + 1);
}

/** What was found instead, in a few words; long texts are only named. */
function describe(node: JsonNode): string {
  switch (node.type) {
    case "object":
      return "an object";
    case "array":
      return "a list";
    case "null":
      return "`null`";
    case "string":
      return node.value.length <= 40 ? `the text "${node.value}"` : "a long text";
    default:
      return `\`${node.value}\``;
  }
}
