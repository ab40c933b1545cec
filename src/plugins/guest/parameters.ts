import { boolOf, devices, diagnose, didYouMean, pciDevices } from "../../plugin-api/index.js";
import type {
  Diagnostic,
  Feature,
  FeatureParameter,
  Resource,
  Section,
  Setting,
  Span,
  Value,
  WorkParameter,
} from "../../plugin-api/index.js";
import { missingParameter, unknownParameter, wrongParameter } from "./findings-features.js";

interface Given {
  readonly section: Section | undefined;
  readonly span: Span;
}

/** The parameters of a feature as its script gets them: what the files give, else the defaults. */
export function parametersOf(
  resource: Resource,
  feature: Feature,
  { section, span }: Given,
): { readonly value: readonly WorkParameter[]; readonly diagnostics: readonly Diagnostic[] } {
  const { name: called, parameters } = feature;
  const settings = section?.settings ?? new Map<string, Setting>();
  const diagnostics: Diagnostic[] = [...settings.values()].flatMap(({ name, nameSpan }) =>
    parameters.has(name)
      ? []
      : [diagnose(unknownParameter, nameSpan, { name, feature: called, meant: didYouMean(name, parameters.keys()) })],
  );
  const isGiven = (name: string): boolean => {
    const value = settings.get(name)?.value;
    return value !== undefined && value.type !== "absent";
  };
  const { oneOf } = feature;
  if (oneOf.length > 0 && oneOf.filter(isGiven).length !== 1) {
    diagnostics.push(diagnose(missingParameter, span, { names: oneOf, feature: called, doc: "" }));
  }
  const value = [...parameters].flatMap(([name, parameter]): readonly WorkParameter[] => {
    const setting = settings.get(name);
    if (setting === undefined || !isGiven(name)) {
      if (parameter.required) {
        diagnostics.push(
          diagnose(missingParameter, span, { names: [name], feature: called, doc: parameter.description }),
        );
      }
      return [byDefault(resource, name, parameter)];
    }
    if (setting.value.type === "error") return [];
    const given = asGiven(name, parameter, setting.value);
    if (given !== undefined) return [given];
    const wanted = wantedText(parameter);
    diagnostics.push(diagnose(wrongParameter, setting.span, { name, feature: called, wanted }));
    return [];
  });
  return { value, diagnostics };
}

function byDefault(resource: Resource, name: string, { default: given }: FeatureParameter): WorkParameter {
  if (given === undefined) return { name, value: "" };
  if ("value" in given) return { name, value: textOf(given.value) };
  return given.from === "gpu" ? { name, value: String(hasGpu(resource)) } : { name, driver: true };
}

/** Whether a GPU of NVIDIA is passed to the container; of a machine's PCI devices, that which is its graphics card counts. */
function hasGpu(resource: Resource): boolean {
  const isPassed = (devices(resource) ?? []).some(({ path }) => /^\/dev\/nvidia\d+$/.test(path));
  return isPassed || pciDevices(resource).some(({ section }) => boolOf(section, "primary") === true);
}

/** Booleans as `true` and `false`, items of lists on lines of their own. */
function textOf(value: string | number | boolean | readonly string[]): string {
  return typeof value === "object" ? value.join("\n") : String(value);
}

function asGiven(name: string, parameter: FeatureParameter, value: Value): WorkParameter | undefined {
  const { type, values, pattern } = parameter;
  const fits = (text: string): boolean => pattern === undefined || new RegExp(pattern, "u").test(text);
  if (type === "secret") return value.type === "secret" ? { name, secret: value.source } : undefined;
  if (type === "bool") return value.type === "bool" ? { name, value: String(value.value) } : undefined;
  if (type === "int") {
    return value.type === "number" && Number.isInteger(value.value) ? { name, value: String(value.value) } : undefined;
  }
  if (type === "list") {
    const texts = value.type === "list" ? value.items.map(plainText) : undefined;
    const isList = texts?.every((text) => text !== undefined && fits(text)) === true;
    return isList ? { name, value: texts.join("\n") } : undefined;
  }
  const text = plainText(value);
  if (text === undefined || !fits(text)) return undefined;
  if (type === "enum") return values.includes(text) ? { name, value: text } : undefined;
  if (type === "host-file") return text.startsWith("/") ? { name, file: text } : undefined;
  return { name, value: text };
}

/** A text, or a number where a text is wanted: `version = 27`. */
function plainText(value: Value): string | undefined {
  if (value.type === "string") return value.value;
  return value.type === "number" ? String(value.value) : undefined;
}

function wantedText({ type, values, pattern }: FeatureParameter): string {
  const shape = pattern === undefined ? "" : ` that matches ${pattern.slice("^(?:".length, -")$".length)}`;
  switch (type) {
    case "bool":
      return "true or false";
    case "int":
      return "a whole number";
    case "enum":
      return `one of ${values.join(", ")}`;
    case "list":
      return `a list of texts${shape === "" ? "" : `, each one${shape}`}`;
    case "secret":
      return '`secret("...")`';
    case "host-file":
      return "the absolute path of a file of the host";
    case "text":
      return `a text${shape}`;
  }
}
