import { featureUnknownKey, featureWrongValue } from "../diagnostics/catalogue/features.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import { parseJson } from "../json/tree.js";
import type { JsonMember, JsonNode } from "../json/tree.js";
import { looksSecret, OS_FAMILIES, PARAMETER_TYPES } from "../plugin-api/index.js";
import type { Feature, FeatureParameter, ParameterDefault } from "../plugin-api/index.js";
import type { SourceFile } from "../text/source.js";

type Report = (finding: Diagnostic) => void;
type Members = ReadonlyMap<string, JsonMember>;

/** A half hour: what a slow mirror needs for a large package. */
const DEFAULT_TIMEOUT = 1800;

const FEATURE_KEYS = [
  "description",
  "parameters",
  "one_of",
  "requires",
  "after",
  "families",
  "guests",
  "timeout_seconds",
];
const LINE_KEYS = ["guard", "verify"];
const PARAMETER_KEYS = ["type", "description", "values", "pattern", "required", "default"];
const NAME = /^[a-z][a-z0-9_]*$/;

/** Reads a feature.json; `undefined` when it could not be read, which has been reported. */
export function readFeature(
  file: SourceFile,
  { name, script }: { readonly name: string; readonly script: string },
  report: Report,
): Feature | undefined {
  let isSound = true;
  const spoil: Report = (finding) => {
    isSound = false;
    report(finding);
  };
  const members: Members | undefined = parseJson(file, spoil)?.members;
  if (members === undefined) return undefined;
  checkKeys(members, [...FEATURE_KEYS, ...LINE_KEYS], "a feature", spoil);
  const feature: Feature = {
    name,
    description: text(members.get("description"), spoil) ?? "",
    parameters: parametersOf(members.get("parameters"), spoil),
    oneOf: list(members.get("one_of"), spoil),
    requires: list(members.get("requires"), spoil),
    after: list(members.get("after"), spoil),
    families: words(members.get("families"), OS_FAMILIES, spoil) ?? OS_FAMILIES,
    guests: words(members.get("guests"), ["ct", "vm"], spoil) ?? ["ct", "vm"],
    timeoutSeconds: seconds(members.get("timeout_seconds"), spoil),
    guard: text(members.get("guard"), spoil),
    verify: text(members.get("verify"), spoil),
    script,
  };
  return isSound ? feature : undefined;
}

function checkKeys(members: Members, known: readonly string[], where: string, report: Report): void {
  for (const { name, nameSpan } of members.values()) {
    if (!known.includes(name)) {
      report(diagnose(featureUnknownKey, nameSpan, { name, where, meant: didYouMean(name, known) }));
    }
  }
}

function parametersOf(member: JsonMember | undefined, report: Report): ReadonlyMap<string, FeatureParameter> {
  if (member === undefined) return new Map();
  if (member.value.type !== "object") {
    wrong(member, "an object: a parameter by each name", report);
    return new Map();
  }
  const entries = [...member.value.members.values()].flatMap((entry) => {
    const parameter = parameterOf(entry, report);
    return parameter === undefined ? [] : [[entry.name, parameter] as const];
  });
  return new Map(entries);
}

function parameterOf(entry: JsonMember, report: Report): FeatureParameter | undefined {
  const { name, nameSpan, value } = entry;
  if (!NAME.test(name)) {
    report(diagnose(featureWrongValue, nameSpan, { name, wanted: "a name of small letters, digits and `_`" }));
  }
  if (value.type !== "object") return wrong(entry, "an object with a `type`", report);
  const { members } = value;
  checkKeys(members, PARAMETER_KEYS, "a parameter", report);
  const type = PARAMETER_TYPES.find((each) => each === text(members.get("type"), report));
  if (type === undefined) return wrong(members.get("type") ?? entry, `a type: ${PARAMETER_TYPES.join(", ")}`, report);
  if (type !== "secret" && looksSecret(name)) {
    return wrong(members.get("type") ?? entry, "`secret`: by its name its value must not stand in a plan", report);
  }
  const values = list(members.get("values"), report);
  if ((type === "enum") !== values.length > 0) {
    return wrong(members.get("values") ?? entry, "`values`, a list of texts, for an enum and for nothing else", report);
  }
  return {
    type,
    description: text(members.get("description"), report) ?? "",
    values,
    pattern: patternOf(members.get("pattern"), report),
    required: flag(members.get("required"), report),
    default: defaultOf(members.get("default"), report),
  };
}

function patternOf(member: JsonMember | undefined, report: Report): string | undefined {
  const pattern = text(member, report);
  if (member === undefined || pattern === undefined) return undefined;
  try {
    return new RegExp(`^(?:${pattern})$`, "u").source;
  } catch {
    return wrong(member, "a regular expression", report);
  }
}

function defaultOf(member: JsonMember | undefined, report: Report): ParameterDefault | undefined {
  if (member === undefined) return undefined;
  const { value: node } = member;
  if (node.type === "object") {
    const from = text(node.members.get("from"), report);
    if (from === "gpu" || from === "nvidia-driver") return { from };
    return wrong(member, 'a value, or `{ "from": "gpu" }` or `{ "from": "nvidia-driver" }`', report);
  }
  if (node.type === "array") return { value: list(member, report) };
  if (node.type === "string" || node.type === "boolean") return { value: node.value };
  if (node.type === "number") return { value: node.value };
  return wrong(member, "a value", report);
}

function seconds(member: JsonMember | undefined, report: Report): number {
  if (member === undefined) return DEFAULT_TIMEOUT;
  const count = member.value.type === "number" ? member.value.value : 0;
  if (Number.isInteger(count) && count >= 1 && count <= 86_400) return count;
  wrong(member, "a whole number of seconds from 1 to 86400", report);
  return DEFAULT_TIMEOUT;
}

function flag(member: JsonMember | undefined, report: Report): boolean {
  if (member === undefined) return false;
  if (member.value.type === "boolean") return member.value.value;
  wrong(member, "true or false", report);
  return false;
}

function text(member: JsonMember | undefined, report: Report): string | undefined {
  if (member === undefined) return undefined;
  return member.value.type === "string" ? member.value.value : wrong(member, "a text", report);
}

function list(member: JsonMember | undefined, report: Report): readonly string[] {
  if (member === undefined) return [];
  const items: readonly JsonNode[] | undefined = member.value.type === "array" ? member.value.items : undefined;
  const texts = items?.flatMap((item) => (item.type === "string" ? [item.value] : []));
  if (texts !== undefined && texts.length === items?.length) return texts;
  wrong(member, "a list of texts", report);
  return [];
}

function words<Word extends string>(
  member: JsonMember | undefined,
  known: readonly Word[],
  report: Report,
): readonly Word[] | undefined {
  if (member === undefined) return undefined;
  const found = list(member, report);
  const chosen = known.filter((word) => found.includes(word));
  return chosen.length === found.length ? chosen : wrong(member, `a list of ${known.join(", ")}`, report);
}

function wrong({ name, value }: JsonMember, wanted: string, report: Report): undefined {
  report(diagnose(featureWrongValue, value.span, { name, wanted }));
  return undefined;
}
