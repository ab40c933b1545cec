import { checkFormat } from "./formats.js";
import { parseProperty } from "./property.js";
import type { PropertyFormat, Spec } from "./spec.js";
import { compareText } from "../text/order.js";

/** A refused parameter: Proxmox's name of it and its words; the words of formats end with a newline of their own. */
export interface ParameterError {
  readonly name: string;
  readonly message: string;
}

/** Splits a list as Proxmox does: at commas, semicolons, blanks and NULs. */
export function splitList(value: string): readonly string[] {
  return value.split(/[,;\s\0]+/).filter((word) => word !== "");
}

/** What is wrong with one value; `name` is how errors call it (`net0`, `net0.tag`). */
export function checkValue(name: string, spec: Spec, value: string): readonly ParameterError[] {
  const limits = checkType(spec, value) ?? checkLimits(spec, value);
  if (spec.keys !== undefined && limits === undefined) return checkProperty(name, spec.keys, value);
  const message = limits ?? checkText(spec, value);
  return message === undefined ? [] : [{ name, message }];
}

/** Whether a word means true or false to Proxmox. */
export function parseBoolean(value: string): "1" | "0" | undefined {
  if (/^(?:1|on|yes|true)$/i.test(value)) return "1";
  return /^(?:0|off|no|false)$/i.test(value) ? "0" : undefined;
}

function checkType(spec: Spec, value: string): string | undefined {
  const good =
    spec.type === "string" ||
    (spec.type === "boolean" && parseBoolean(value) !== undefined) ||
    (spec.type === "integer" && /^[+-]?\d+$/.test(value)) ||
    (spec.type === "number" && /^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(value));
  return good ? undefined : `type check ('${spec.type}') failed - got '${value}'`;
}

function checkLimits(spec: Spec, value: string): string | undefined {
  const amount = Number(value);
  if (spec.min !== undefined && amount < spec.min) return `value must have a minimum value of ${spec.min}`;
  if (spec.max !== undefined && amount > spec.max) return `value must have a maximum value of ${spec.max}`;
  if (spec.minLength !== undefined && value.length < spec.minLength)
    return `value must be at least ${spec.minLength} characters long`;
  if (spec.maxLength !== undefined && value.length > spec.maxLength)
    return `value may only be ${spec.maxLength} characters long`;
  return undefined;
}

function checkText(spec: Spec, value: string): string | undefined {
  if (spec.format !== undefined && value !== "") {
    for (const item of spec.list === true ? splitList(value) : [value]) {
      const message = checkFormat(spec.format, item);
      if (message !== undefined) return `invalid format - ${message}\n`;
    }
  }
  if (spec.pattern !== undefined && value !== "" && !new RegExp(`^(?:${spec.pattern.source})$`).test(value))
    return "value does not match the regex pattern";
  if (spec.words !== undefined && value !== "" && !spec.words.includes(value))
    return `value '${value}' does not have a value in the enumeration '${spec.words.join(", ")}'`;
  return undefined;
}

function checkProperty(name: string, format: PropertyFormat, value: string): readonly ParameterError[] {
  if (value === "") return [];
  const parsed = parseProperty(format, value);
  if (typeof parsed === "string") return [{ name, message: `invalid format - ${parsed}\n` }];
  const errors = [...keyErrors(name, format, parsed), ...missingErrors(name, format, parsed)];
  if (errors.length === 0) return [];
  // A CPU type is checked by a verifier of the whole string, whose words stand alone.
  const whole = errors.find((error) => error.message.includes("Built-in cputype"));
  if (whole !== undefined) return [{ name, message: whole.message }];
  errors.sort((a, b) => compareText(a.name, b.name));
  const lines = errors.map((error) => `${error.name}: ${error.message}\n`).join("");
  return [{ name, message: `invalid format - format error\n${lines}` }];
}

function keyErrors(name: string, format: PropertyFormat, parsed: ReadonlyMap<string, string>): ParameterError[] {
  const errors: ParameterError[] = [];
  for (const [key, value] of parsed) {
    const spec = Object.hasOwn(format.keys, key) ? format.keys[key] : undefined;
    if (spec === undefined) {
      const message = "property is not defined in schema and the schema does not allow additional properties";
      errors.push({ name: `${name}.${key}`, message });
      continue;
    }
    errors.push(...checkValue(`${name}.${key}`, spec, value));
    if (spec.requires !== undefined && !parsed.has(spec.requires))
      errors.push({ name: `${name}.${spec.requires}`, message: `missing property required by '${name}.${key}'` });
  }
  return errors;
}

function missingErrors(name: string, format: PropertyFormat, parsed: ReadonlyMap<string, string>): ParameterError[] {
  return format.required
    .filter((key) => !parsed.has(key))
    .map((key) => ({ name: `${name}.${key}`, message: "property is missing and it is not optional" }));
}
