import { specOf } from "../../src/plugin-api/index.js";
import type { Options, OptionType } from "../../src/plugin-api/index.js";
import type { Spec } from "../../src/pve/spec.js";
import type { Attribute } from "./attributes.js";
import { valuesOf } from "./option-values.js";

/** A value at or just outside what an option takes: as a file says it, and as the command takes it. */
export interface Case {
  readonly written: string;
  readonly argument: string;
}

/** What the table says of an attribute's option or key. */
export function specAt(table: Options, path: string): Spec {
  const [name = "", key] = path.split(".");
  const option = table[name] ?? specOf(table, name);
  const spec = key === undefined ? option : option?.keys?.keys[key];
  if (spec === undefined) throw new Error(`the table has no ${path}`);
  return spec;
}

/** Values inside and outside of an attribute's range, words or form. */
export function casesOf({ option, pve }: Attribute, table: Options): readonly Case[] {
  const spec = specAt(table, pve);
  const [only, ...others] = Object.values(spec.keys?.keys ?? {});
  const real = only !== undefined && others.length === 0 ? only : spec;
  if (real.words !== undefined && option.type.type === "enum")
    return [...real.words, `${real.words[0]}x`, "", "-"].map((word) => ({
      written: JSON.stringify(word),
      argument: word,
    }));
  if (real.type === "boolean") return booleans(option.type);
  if (real.type !== "string") return numbers(real, option.type);
  return texts(option.type, valuesOf(option, pve));
}

function booleans(type: OptionType): readonly Case[] {
  if (type.type !== "bool") return [];
  const written = { true: "1", false: "0", '"maybe"': "maybe", "2": "2" };
  return Object.entries(written).map(([word, argument]) => ({ written: word, argument }));
}

/** The ends of the range and the numbers beyond them. */
function numbers({ min, max, type: kind }: Spec, type: OptionType): readonly Case[] {
  const ends = [
    ...(min === undefined ? [-1] : [min - 1, min, min + 1]),
    ...(max === undefined ? [] : [max - 1, max, max + 1]),
    ...(kind === "integer" ? [(min ?? 1) + 0.5] : []),
  ];
  const unit = type.type === "size" || type.type === "union" ? "MiB" : "";
  return ends
    .filter((value) => unit === "" || (value > 0 && Number.isInteger(value)))
    .map((value) => ({ written: `${value}${unit}`, argument: String(value) }));
}

/** A good text, and the same with something that hardly any form takes. */
function texts(type: OptionType, values: readonly [string, string]): readonly Case[] {
  if (type.type !== "string") return [];
  const good = values.map((value) => (value.startsWith('"') ? (JSON.parse(value) as string) : value));
  const [first = ""] = good;
  const near = [
    `${first}!`,
    `${first},x`,
    `${first}=`,
    `=${first}`,
    `${first} x`,
    first.slice(1),
    `${first}${first}`,
    "é",
  ];
  return [...good, ...near]
    .filter((text) => text !== "")
    .map((text) => ({ written: JSON.stringify(text), argument: text }));
}
