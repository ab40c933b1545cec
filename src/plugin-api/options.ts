import type { OptionPair } from "../model/plan.js";
import type { Section, Value } from "../model/resource.js";
import { type Options, specOf } from "../pve/spec.js";
import type { OptionSpec, SectionSpec } from "./types.js";
import { compareText } from "../text/order.js";
import { isAbsent, textOf, valueOf } from "./values.js";

/** Bytes of one MiB and one GiB; Proxmox counts memory in the one and new disks in the other. */
export const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;

/** What the files want of a guest's options: the arguments of one `set` command. */
export interface WantedOptions {
  readonly wanted: readonly OptionPair[];
  /** Options to be deleted. */
  readonly absent: readonly string[];
  /** Keys of property strings to be removed, as `net0.rate`. */
  readonly absentKeys: readonly string[];
}

/** Nothing wanted. */
export const NO_OPTIONS: WantedOptions = { wanted: [], absent: [], absentKeys: [] };

/** Several parts of one `set` command as one. */
export function joinOptions(parts: readonly WantedOptions[]): WantedOptions {
  return {
    wanted: parts.flatMap((part) => part.wanted),
    absent: parts.flatMap((part) => part.absent),
    absentKeys: parts.flatMap((part) => part.absentKeys),
  };
}

/**
 * The plain options that a section sets, from the declarations alone: every entry with `pve`, in the order of the table.
 * Adding an option to the table is all that it takes to converge it.
 */
export function plainOptions(section: Section, specs: Readonly<Record<string, OptionSpec>>): WantedOptions {
  const wanted: OptionPair[] = [];
  const absent: string[] = [];
  for (const name of Object.keys(specs)) {
    // Of some hundred options a guest sets a few.
    const spec = section.settings.has(name) ? specs[name] : undefined;
    if (spec?.pve === undefined || spec.effect === "create-only") continue;
    const value = valueOf(section, name);
    if (isAbsent(section, name)) absent.push(spec.pve);
    else if (value !== undefined) wanted.push({ option: spec.pve, value: renderOption(spec, value) });
  }
  return { wanted, absent, absentKeys: [] };
}

/** The argument for one value: as the declaration renders it, else by its type. */
export function renderOption(spec: OptionSpec, value: Value): string {
  return spec.render === undefined ? renderValue(value) : spec.render(value);
}

/** Booleans 1/0, sizes in whole MiB, durations in whole seconds, lists joined by commas; all else is its text. */
export function renderValue(value: Value): string {
  switch (value.type) {
    case "bool":
      return value.value ? "1" : "0";
    case "size":
      return String(value.value / MIB);
    case "duration":
      return String(Math.round(value.value / 1000));
    case "list":
      return value.items.map(renderValue).join(",");
    default:
      return textOf(value) ?? "";
  }
}

/** Tags as Proxmox keeps them: lower case, sorted, each once, joined by semicolons. */
export function renderTags(value: Value): string {
  const tags = value.type === "list" ? value.items.map((item) => renderValue(item).toLowerCase()) : [];
  return [...new Set(tags)].toSorted(compareText).join(";");
}

/** A list joined by blanks, as Proxmox keeps name servers. */
export function renderWords(value: Value): string {
  return value.type === "list" ? value.items.map(renderValue).join(" ") : renderValue(value);
}

/** Text without the line ends at its end, which Proxmox adds by itself. */
export function renderText(value: Value): string {
  return renderValue(value).replace(/[\r\n]+$/, "");
}

/** One key of a property string. */
export interface Property {
  readonly key: string;
  /** `undefined`: not managed. */
  readonly value: string | number | boolean | undefined;
  /** `bare`: the default key, written without its name; `first`: before the others, which are sorted. */
  readonly place?: "bare" | "first";
  /** The files say that the key must not be set. */
  readonly absent?: boolean;
}

/** A property string with only its managed keys, in the order in which Proxmox writes it back. */
export function propertyString(properties: readonly Property[]): string {
  const managed = properties.filter((property) => property.value !== undefined);
  const rank = (property: Property): number => (property.place === "bare" ? 0 : property.place === "first" ? 1 : 2);
  return managed
    .toSorted((a, b) => rank(a) - rank(b) || (rank(a) === 2 ? compareText(a.key, b.key) : 0))
    .map((property) => {
      const text = typeof property.value === "boolean" ? (property.value ? "1" : "0") : String(property.value);
      return property.place === "bare" ? text : `${property.key}=${text}`;
    })
    .join(",");
}

/** One option that is a property string; nothing when no key of it is managed. */
export function propertyOption(option: string, properties: readonly Property[]): WantedOptions {
  const value = propertyString(properties);
  const absentKeys = properties.filter((property) => property.absent === true).map(({ key }) => `${option}.${key}`);
  return { wanted: value === "" ? [] : [{ option, value }], absent: [], absentKeys };
}

/**
 * The keys of a property string that a section sets, from the declarations alone: every entry whose `writes` is a key of the
 * option (`scsi[n]`), at its place in the string.
 */
export function keyProperties(
  section: Section,
  specs: Readonly<Record<string, OptionSpec>>,
  table: Options,
  option: string,
): readonly Property[] {
  const format = (table[option] ?? specOf(table, option))?.keys;
  const names = Object.keys(specs).filter((name) => section.settings.has(name));
  return names.flatMap((name): readonly Property[] => {
    const spec = specs[name];
    const [owner, key] = spec?.writes?.split(".") ?? [];
    if (spec === undefined || owner !== option || key === undefined) return [];
    const value = valueOf(section, name);
    const place = key === format?.defaultKey ? "bare" : format?.required.includes(key) === true ? "first" : undefined;
    return [
      {
        key,
        value: value === undefined ? undefined : renderKey(spec, value),
        absent: isAbsent(section, name),
        ...(place === undefined ? {} : { place }),
      },
    ];
  });
}

/** The property strings that a section declares as blocks: `watchdog { model = i6300esb }`. */
export function blockOptions(
  section: Section,
  specs: Readonly<Record<string, SectionSpec>>,
  table: Options,
): readonly WantedOptions[] {
  return section.sections.flatMap((inner) => {
    const spec = specs[inner.kind];
    const family = table[inner.kind] === undefined ? inner.kind.replace(/\d+$/, "[n]") : inner.kind;
    return spec === undefined ? [] : [propertyOption(inner.kind, keyProperties(inner, spec.options, table, family))];
  });
}

/** The text of one key: a property string is separated by commas, so that a list in it has semicolons. */
export function renderKey(spec: OptionSpec, value: Value): string {
  if (spec.render !== undefined || value.type !== "list") return renderOption(spec, value);
  return value.items.map(renderValue).join(";");
}

/** A size as `resize` commands take it: in the largest unit that needs no fraction. */
export function sizeText(bytes: number): string {
  for (const [unit, letter] of [
    [1024 ** 4, "T"],
    [GIB, "G"],
    [MIB, "M"],
    [1024, "K"],
  ] as const) {
    if (bytes >= unit && bytes % unit === 0) return `${bytes / unit}${letter}`;
  }
  return String(bytes);
}

/** A size as `STORAGE:N` takes it: GiB without a unit, with a fraction where needed. */
export function gibText(bytes: number): string {
  return String(bytes / GIB);
}

/** The arguments of a command for wanted options: `--cores 4 --memory 8192`. */
export function optionArguments(wanted: readonly OptionPair[]): readonly string[] {
  return wanted.flatMap(({ option, value }) => [`--${option}`, value]);
}
