import type { PropertyFormat } from "./spec.js";
import { compareText } from "../text/order.js";

/** Splits a property string into its keys, with aliases resolved; a string is what Proxmox says about a wrong one. */
export function parseProperty(format: PropertyFormat, value: string): Map<string, string> | string {
  const result = new Map<string, string>();
  for (const part of value.split(",")) {
    if (part.trim() === "") continue;
    const match = /^([^=]+)=(.+)$/s.exec(part);
    if (match === null) {
      if (part.includes("=")) return `invalid key=value pair: ${part}`;
      if (format.defaultKey === undefined) return "value without key, but schema does not define a default key";
      if (result.has(format.defaultKey)) return `duplicate key in comma-separated list property: ${format.defaultKey}`;
      result.set(format.defaultKey, part);
      continue;
    }
    const problem = setKey(format, result, match[1] ?? "", match[2] ?? "");
    if (problem !== undefined) return problem;
  }
  return result;
}

/** Writes a property string: the bare key first, then the needed keys, then the rest, each sorted. */
export function printProperty(format: PropertyFormat, values: ReadonlyMap<string, string>): string {
  const bare = format.defaultKey;
  const rank = (key: string): number => (key === bare ? 0 : format.required.includes(key) ? 1 : 2);
  const keys = [...values.keys()].sort((a, b) => rank(a) - rank(b) || compareText(a, b));
  return keys
    .map((key) => printKey(format, values, key))
    .filter((part) => part !== "")
    .join(",");
}

function setKey(format: PropertyFormat, result: Map<string, string>, name: string, value: string): string | undefined {
  const alias = format.keyAlias;
  if (alias !== undefined && alias.words.includes(name)) {
    result.set(alias.key, name);
    result.set(alias.value, value);
    return undefined;
  }
  const key = format.aliases?.[name] ?? name;
  if (result.has(key)) return `duplicate key in comma-separated list property: ${key}`;
  result.set(key, value);
  return undefined;
}

function printKey(format: PropertyFormat, values: ReadonlyMap<string, string>, key: string): string {
  const value = values.get(key) ?? "";
  const alias = format.keyAlias;
  const partner = alias === undefined ? undefined : values.get(alias.value);
  if (alias !== undefined && partner !== undefined) {
    if (key === alias.value) return "";
    if (key === alias.key) return `${value}=${partner}`;
  }
  return key === format.defaultKey ? value : `${key}=${value}`;
}
