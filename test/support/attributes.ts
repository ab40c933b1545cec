import { specOf, typeOf } from "../../src/plugin-api/index.js";
import type { KindSpec, Options, OptionSpec, OptionType, SectionSpec } from "../../src/plugin-api/index.js";
import type { Spec } from "../../src/pve/spec.js";
import { patternSource, type Recorded, recordedEntry, recordedOptions } from "./recorded-options.js";

/** An attribute that stands for one of Proxmox's options, or for a key of one. */
export interface Attribute {
  /** Kind, blocks and name: `vm.net.rate`. */
  readonly path: string;
  readonly option: OptionSpec;
  /** As Proxmox calls it: `net[n].rate`. */
  readonly pve: string;
}

/** All attributes of a kind that stand for something of Proxmox's. */
export function attributesOf(path: string, spec: KindSpec | SectionSpec): readonly Attribute[] {
  const own = Object.entries(spec.options).flatMap(([name, option]) => {
    const pve = option.pve ?? option.writes;
    return pve === undefined ? [] : [{ path: `${path}.${name}`, option, pve }];
  });
  return [...own, ...Object.entries(spec.sections).flatMap(([name, inner]) => attributesOf(`${path}.${name}`, inner))];
}

/** What of an attribute is not as the genuine commands have it: `vm.net.rate: range`. */
export function attributeDifferences(
  { path, option, pve }: Attribute,
  commands: { readonly create: string; readonly set: string },
  table: Options,
): readonly string[] {
  const [creation, later] = [recordedOptions(commands.create) ?? {}, recordedOptions(commands.set) ?? {}];
  const recorded = recordedEntry(creation, pve);
  if (recorded === undefined) return [`${path}: ${pve} does not exist`];
  const isOnlyCreated = recordedEntry(later, pve) === undefined;
  const effect = isOnlyCreated === (option.effect === "create-only") ? [] : [`${path}: effect`];
  return [
    ...typeDifferences(option.type, recorded, specAt(table, pve)).map((aspect) => `${path}: ${aspect}`),
    ...effect,
  ];
}

function specAt(table: Options, path: string): Spec {
  const [name = "", key] = path.split(".");
  const option = table[name] ?? specOf(table, name);
  const spec = key === undefined ? option : option?.keys?.keys[key];
  if (spec === undefined) throw new Error(`the table has no ${path}`);
  return spec;
}

function typeDifferences(type: OptionType, recorded: Recorded, spec: Spec): readonly string[] {
  const properties = Object.values(recorded.format?.properties ?? {});
  // A property string of one key is that key.
  if (properties.length === 1 && properties[0] !== undefined)
    return typeDifferences(type, properties[0], Object.values(spec.keys?.keys ?? {})[0] ?? spec);
  if (recorded.enum !== undefined) {
    if (type.type !== "enum") return ["type"];
    return sameSet(type.values, recorded.enum.map(String)) ? [] : ["words"];
  }
  if (recorded.type === "boolean") return type.type === "bool" ? [] : ["type"];
  if (recorded.type === "integer" || recorded.type === "number") return numberDifferences(type, recorded);
  return textDifferences(type, recorded, spec);
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify(a.toSorted()) === JSON.stringify(b.toSorted());
}

/** A size stands for a whole number of its units. */
function numberDifferences(type: OptionType, recorded: Recorded): readonly string[] {
  const isSize = type.type === "size" && type.multipleOf !== undefined && recorded.type === "integer";
  const isAlike = isSize || (type.type === "int" && recorded.type === "integer") || type.type === recorded.type;
  if (!isAlike || (type.type !== "size" && type.type !== "int" && type.type !== "number")) return ["type"];
  const unit = type.type === "size" ? (type.multipleOf ?? 1) : 1;
  const bound = (value: number | string | undefined): number | undefined =>
    value === undefined ? undefined : Number(value) * unit;
  return type.min === bound(recorded.minimum) && type.max === bound(recorded.maximum) ? [] : ["range"];
}

/** The type of an attribute for values in one of Proxmox's formats; a text unless it is here. */
const formatTypes: Readonly<Record<string, OptionType["type"]>> = {
  ipv4: "ip",
  ipv6: "ip",
  "mac-addr": "mac",
  "pve-storage-path": "path",
};

function textDifferences(type: OptionType, { format, pattern, maxLength }: Recorded, spec: Spec): readonly string[] {
  // The keys are those of the table, which is compared as a whole.
  if (format?.properties !== undefined) return type.type === "string" && type.property === spec.keys ? [] : ["type"];
  const isList = format?.modifier === "list";
  const item = isList && type.type === "list" ? type.of : type;
  const expected = formatTypes[format?.name ?? ""] ?? "string";
  if (item.type !== expected || isList !== (type.type === "list")) return ["type"];
  if (item.type !== "string") return [];
  // Where Proxmox checks in code, the table's format stands for it.
  const usual = typeOf({ ...spec, list: false });
  const expectedPattern = pattern === undefined ? usual.type === "string" && usual.pattern : patternSource(pattern);
  const isSame = [expectedPattern || "", spec.pattern?.source ?? (expectedPattern || "")].some(
    (other) => unwrapped(item.pattern ?? "") === unwrapped(other),
  );
  return [...(isSame ? [] : ["pattern"]), ...(item.maxLength === maxLength ? [] : ["length"])];
}

/** A pattern without brackets around all of it and needless escapes. */
function unwrapped(pattern: string): string {
  return pattern.replaceAll("\\/", "/").replace(/^\((?:\?:)?([^()]*)\)$/, "$1");
}
