import { type FormatName, patternOf } from "../pve/formats.js";
import { checkValue } from "../pve/check.js";
import { parseProperty } from "../pve/property.js";
import { type Options, type PropertyFormat, type Spec, specOf } from "../pve/spec.js";
import type { LooseName, OptionSpec, OptionType, SectionSpec } from "./types.js";

export { formerPrivilege, ownRoles, privileges } from "../pve/access.js";
export { checkValue } from "../pve/check.js";
export { lxcKeyProblem, lxcKeys } from "../pve/lxc-keys.js";
export * from "../pve/firewall.js";
export * from "../pve/firewall-own.js";
export { backupJob, replicationJob } from "../pve/jobs.js";
export { pctConfig } from "../pve/pct.js";
export { qmConfig } from "../pve/qm.js";
export { storageAdd, storageTypeNames, storageTypes } from "../pve/storage.js";
export { specOf } from "../pve/spec.js";
export type { Options } from "../pve/spec.js";

/**
 * Unicode's control characters, inside of a character class of a pattern. The same as `\p{Cc}`, for which V8 looks through ICU's
 * tables of all characters.
 */
export const CONTROL = "\\x00-\\x1f\\x7f-\\x9f";

/** A value of a configuration file: Proxmox drops white space around it when it reads the line, so that it would always differ. */
export const LINE = {
  type: "string",
  pattern: `[^\\s${CONTROL}]([^${CONTROL}]*[^\\s${CONTROL}])?`,
  describe: "text without white space at its ends and without control characters",
} as const satisfies OptionType;

/** Formats whose values have a type of their own. */
const TYPES: Partial<Record<FormatName, OptionType>> = {
  ipv4: { type: "ip" },
  ipv6: { type: "ip" },
  "mac-addr": { type: "mac" },
  "pve-path": { type: "path" },
};

/**
 * The attribute that is one of Proxmox's options: its type, sentence, effect and release are those of the table. `own` says
 * what the attribute has of its own: another type where files write it in another way, words that people bring along.
 */
export function attribute(options: Options, name: string, own: Partial<OptionSpec> = {}): OptionSpec {
  const { type, doc, effect, since } = described(specOf(options, name), name);
  return {
    type,
    doc,
    pve: name,
    ...(effect === undefined ? {} : { effect }),
    ...(since === undefined ? {} : { since }),
    ...own,
  };
}

/** Attributes that are called as Proxmox calls the options. */
export function attributes(options: Options, ...names: readonly string[]): Readonly<Record<string, OptionSpec>> {
  return Object.fromEntries(names.map((name) => [name, attribute(options, name)]));
}

/**
 * The attribute that a kind writes with code of its own: as an option (`onboot`), or as a key of a property string
 * (`net[n].rate`). What the attribute is comes from the table all the same.
 */
export function written(options: Options, path: string, own: Partial<OptionSpec> = {}): OptionSpec {
  const [option = "", key] = path.split(".");
  const spec = options[option];
  const { type, doc, effect, since } = described(key === undefined ? spec : spec?.keys?.keys[key], path);
  return {
    type,
    doc,
    writes: path,
    ...(since === undefined ? {} : { since }),
    ...(key === undefined || effect === undefined ? {} : { effect }),
    ...own,
  };
}

/**
 * The block that is one of Proxmox's property strings: `watchdog { model = i6300esb }`. Each key is an attribute of it;
 * `without`: keys that are no setting, or that something else writes.
 */
export function propertyBlock(
  options: Options,
  name: string,
  without: readonly string[] = [],
  own: Readonly<Record<string, OptionSpec>> = {},
): SectionSpec {
  const { keys, doc = "", since } = options[name] ?? {};
  const attributesOfKeys = Object.keys(keys?.keys ?? {})
    .filter((key) => !without.includes(key))
    .map((key): readonly [string, OptionSpec] => {
      const required = keys?.required.includes(key) === true;
      return [key, written(options, `${name}.${key}`, { removable: !required, ...(required ? { required } : {}) })];
    });
  return {
    doc,
    args: [],
    repeat: "once",
    ...(since === undefined ? {} : { since }),
    options: { ...own, ...Object.fromEntries(attributesOfKeys) },
    sections: {},
  };
}

/** The names of an indexed family, in order: `usb0` to `usb13`. */
export function familyNames(options: Options, family: string): readonly string[] {
  const stem = family.replace("[n]", "");
  return Array.from({ length: (options[family]?.highest ?? -1) + 1 }, (_, n) => `${stem}${n}`);
}

/** What a name in one of Proxmox's formats looks like, for references to things that no file declares. */
export function looseName(format: FormatName): LooseName {
  const name = patternOf(format);
  if (name === undefined) throw new Error(`no pattern decides the format ${format}`);
  return name;
}

/** What the table says of an option or a key. */
interface Described extends Pick<OptionSpec, "type" | "doc"> {
  readonly effect: OptionSpec["effect"];
  readonly since: OptionSpec["since"];
}

function described(spec: Spec | undefined, path: string): Described {
  if (spec === undefined) throw new Error(`Proxmox has no option ${path}`);
  const { doc = "", effect, since } = spec;
  return { type: typeOf(spec), doc, effect, since };
}

/** The type of the values that Proxmox takes. */
export function typeOf(spec: Spec): OptionType {
  if (spec.words !== undefined) return { type: "enum", values: spec.words };
  if (spec.type === "boolean") return { type: "bool" };
  if (spec.type !== "string") return numberType(spec);
  const [only, ...others] = Object.values(spec.keys?.keys ?? {});
  if (only !== undefined && others.length === 0) return typeOf(only);
  if (spec.keys !== undefined)
    return { ...LINE, ...(spec.describe === undefined ? {} : { describe: spec.describe }), property: spec.keys };
  return spec.list === true ? { type: "list", of: textType(spec), unique: true } : textType(spec);
}

/** What is wrong with a property string; undefined about a good one. */
export function propertyProblem(format: PropertyFormat, value: string): string | undefined {
  const parsed = parseProperty(format, value);
  if (typeof parsed === "string") return parsed;
  for (const [key, part] of parsed) {
    const spec = Object.hasOwn(format.keys, key) ? format.keys[key] : undefined;
    if (spec === undefined)
      return `there is no key ${key}; the keys are ${Object.keys(format.keys).toSorted().join(", ")}`;
    const [error] = checkValue(key, spec, part);
    if (error !== undefined) return `${key}: ${error.message.trim()}`;
  }
  const missing = format.required.find((key) => !parsed.has(key));
  return missing === undefined ? undefined : `the key ${missing} is missing`;
}

function numberType({ type, min, max, unit }: Spec): OptionType {
  const bounds = (factor: number): { readonly min?: number; readonly max?: number } => ({
    ...(min === undefined ? {} : { min: min * factor }),
    ...(max === undefined ? {} : { max: max * factor }),
  });
  if (type === "number") return { type, ...bounds(1) };
  return unit === undefined ? { type: "int", ...bounds(1) } : { type: "size", ...bounds(unit), multipleOf: unit };
}

function textType({ pattern, describe, format, maxLength }: Spec): OptionType {
  const own = format === undefined ? undefined : TYPES[format];
  if (own !== undefined) return own;
  const named = format === undefined ? undefined : patternOf(format);
  const words = describe === undefined ? {} : { describe };
  const matched = pattern === undefined ? named : { pattern: pattern.source, ...words };
  return {
    ...(matched === undefined ? LINE : { type: "string", ...matched }),
    ...(maxLength === undefined ? {} : { maxLength }),
  };
}
