import type { Value } from "../model/resource.js";
import type { OptionType } from "../plugin-api/index.js";
import type { Span } from "../text/source.js";
import { boolDatum, errorDatum, numberDatum, stringDatum } from "./datum.js";
import type { Datum } from "./datum.js";

export const ERROR: Value = { type: "error" };

export function text(value: string): Value {
  return { type: "string", value };
}

/** A checked value as part of another expression. */
export function fromValue(value: Value, span: Span): Datum {
  switch (value.type) {
    case "string":
      return stringDatum(value.value, span);
    case "bool":
      return boolDatum(value.value, span);
    case "number":
      return numberDatum(value.value, span);
    case "size":
    case "duration":
      return { type: value.type, value: value.value, span };
    case "list":
      return { type: "list", items: value.items.map((item) => fromValue(item, span)), span };
    case "map":
      return { type: "map", entries: new Map(value.entries.map(([key, item]) => [key, fromValue(item, span)])), span };
    case "ref":
      return { type: "resource", address: value.address, name: value.text, span };
    case "secret":
      return { type: "secret", source: value.source, span };
    case "absent":
      return { type: "absent", span };
    case "error":
      return errorDatum(span);
  }
}

/** A type in words, for "takes ...": `a whole number`, `true or false`. */
export function describeType(type: OptionType): string {
  switch (type.type) {
    case "bool":
      return "true or false";
    case "int":
      return "a whole number";
    case "number":
      return "a number";
    case "size":
      return "a size such as 8GiB";
    case "duration":
      return "a duration such as 30s";
    case "string":
      return type.describe ?? "text";
    case "enum":
      return type.values.length === 1 ? `\`${type.values[0]}\`` : `one of ${type.values.join(", ")}`;
    case "ip":
      return "an IP address";
    case "cidr":
      return type.host === true ? "an address with prefix such as 10.0.0.5/24" : "a net such as 10.0.0.0/24";
    case "mac":
      return "a MAC address such as 52:54:00:12:34:56";
    case "pci":
      return "a PCI address such as 0000:01:00.0";
    case "ownership":
      return "an owner such as 33:33 (uid:gid)";
    case "path":
      return "an absolute path";
    case "range":
      return type.of === "ip" ? "a range such as 10.0.0.150..10.0.0.199" : "a range such as 8000..8010";
    case "list":
      return `a list of ${plural(type.of)}`;
    case "map":
      return "a map such as { key = value }";
    case "ref":
      return `the name of ${anyKind(type.kinds)}`;
    case "secret":
      return "secret(...)";
    case "union":
      return alternatives(type.of.map(describeType));
  }
}

const PLURALS: Readonly<Partial<Record<OptionType["type"], string>>> = {
  bool: "true or false",
  int: "whole numbers",
  number: "numbers",
  size: "sizes",
  duration: "durations",
  string: "texts",
  ip: "IP addresses",
  mac: "MAC addresses",
  pci: "PCI addresses",
  ownership: "owners",
  path: "absolute paths",
  map: "maps",
  list: "lists",
};

function plural(type: OptionType): string {
  if (type.type === "ref") return `names, each of ${anyKind(type.kinds)}`;
  if (type.type === "enum") return `words out of ${type.values.join(", ")}`;
  if (type.type === "string" && type.describe !== undefined) return `texts, each ${type.describe}`;
  return PLURALS[type.type] ?? `elements, each ${describeType(type)}`;
}

function anyKind(kinds: readonly string[]): string {
  return alternatives(kinds.map((kind) => (/^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`)));
}

/** `a, b or c` */
export function alternatives(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}
