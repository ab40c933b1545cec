import type { Section, Setting, Value } from "../model/resource.js";

/**
 * Typed access to the settings of a checked section. Every function answers `undefined` when the setting is missing, is
 * `absent`, could not be evaluated, or has another type: callers never see a half-known value.
 */

/** The setting as the files give it, whatever its value. */
export function settingOf(section: Section, name: string): Setting | undefined {
  return section.settings.get(name);
}

/** The value of a setting, unless it is missing, `absent` or broken. */
export function valueOf(section: Section, name: string): Value | undefined {
  const value = section.settings.get(name)?.value;
  return value === undefined || value.type === "absent" || value.type === "error" ? undefined : value;
}

/** Whether the files say `name = absent`: the live option is to be deleted. */
export function isAbsent(section: Section, name: string): boolean {
  return section.settings.get(name)?.value.type === "absent";
}

/** Whether the setting is there and could not be evaluated; it has been reported. */
export function isBroken(section: Section, name: string): boolean {
  return section.settings.get(name)?.value.type === "error";
}

/** Text: words, addresses, paths, enum words; for a reference its target's name as written. */
export function stringOf(section: Section, name: string): string | undefined {
  return textOf(valueOf(section, name));
}

/** Text of a value: of strings, of references (as written), of numbers in decimal; otherwise `undefined`. */
export function textOf(value: Value | undefined): string | undefined {
  if (value?.type === "string") return value.value;
  if (value?.type === "ref") return value.text;
  return value?.type === "number" ? String(value.value) : undefined;
}

/** A plain number without a unit. */
export function numberOf(section: Section, name: string): number | undefined {
  const value = valueOf(section, name);
  return value?.type === "number" ? value.value : undefined;
}

export function boolOf(section: Section, name: string): boolean | undefined {
  const value = valueOf(section, name);
  return value?.type === "bool" ? value.value : undefined;
}

/** In bytes. */
export function sizeOf(section: Section, name: string): number | undefined {
  const value = valueOf(section, name);
  return value?.type === "size" ? value.value : undefined;
}

/** In milliseconds. */
export function durationOf(section: Section, name: string): number | undefined {
  const value = valueOf(section, name);
  return value?.type === "duration" ? value.value : undefined;
}

/** The elements of a list; a missing list is empty (use {@link valueOf} to tell the two apart). */
export function listOf(section: Section, name: string): readonly Value[] {
  const value = valueOf(section, name);
  return value?.type === "list" ? value.items : [];
}

/** The text of each element of a list; elements without a text are left out. A single word counts as a list of one. */
export function stringsOf(section: Section, name: string): readonly string[] {
  const value = valueOf(section, name);
  const items = value?.type === "list" ? value.items : value === undefined ? [] : [value];
  return items.map(textOf).filter((text) => text !== undefined);
}

/** Where a secret is: `env:NAME`, `file:/path` or `cmd:...`. */
export function secretOf(section: Section, name: string): string | undefined {
  const value = valueOf(section, name);
  return value?.type === "secret" ? value.source : undefined;
}

/** The address of the resource that a reference names; `undefined` for a loose name that no resource has. */
export function refOf(section: Section, name: string): string | undefined {
  const value = valueOf(section, name);
  return value?.type === "ref" ? value.address : undefined;
}

/** The addresses that a list of references names, in order. */
export function refsOf(section: Section, name: string): readonly string[] {
  return listOf(section, name).flatMap((value) => (value.type === "ref" ? [value.address] : []));
}

/** The two ends of a range (`a..b`), as text. */
export function rangeOf(section: Section, name: string): readonly [string, string] | undefined {
  const [first, last] = stringsOf(section, name);
  return first === undefined || last === undefined ? undefined : [first, last];
}

/** The blocks of one keyword inside a section, in source order. */
export function sectionsOf(section: Section, kind: string): readonly Section[] {
  return section.sections.filter((inner) => inner.kind === kind);
}

/** The first block of a keyword, for those that may stand only once. */
export function sectionOf(section: Section, kind: string): Section | undefined {
  return section.sections.find((inner) => inner.kind === kind);
}

/** The text of a block's argument. */
export function argOf(section: Section, name: string): string | undefined {
  return textOf(section.args.get(name));
}

/** The texts of an argument that takes several words (`rest`). */
export function argsOf(section: Section, name: string): readonly string[] {
  const value = section.args.get(name);
  const items = value?.type === "list" ? value.items : value === undefined ? [] : [value];
  return items.map(textOf).filter((text) => text !== undefined);
}
