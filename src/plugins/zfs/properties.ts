import { renderValue, sectionOf, sizeText } from "../../plugin-api/index.js";
import type { Section, Value } from "../../plugin-api/index.js";

/** A ZFS property with the value that the command takes. */
export type Property = readonly [name: string, value: string];

/** A value as `zfs` takes and prints it: `on` and `off`, sizes as `128K`, everything else as its text. */
export function zfsValue(value: Value): string {
  if (value.type === "bool") return value.value ? "on" : "off";
  return value.type === "size" ? sizeText(Math.floor(value.value)) : renderValue(value);
}

/** The properties of a block with free names, in the order written. */
export function freeProperties(section: Section, kind: string): readonly Property[] {
  const block = sectionOf(section, kind);
  if (block === undefined) return [];
  return [...block.settings.values()].flatMap(({ name, value }): readonly Property[] =>
    value.type === "error" || value.type === "absent" ? [] : [[name, zfsValue(value)]],
  );
}

/** The arguments for properties: `-o compression=lz4 -o quota=800G`. */
export function propertyArguments(flag: "-o" | "-O", properties: readonly Property[]): readonly string[] {
  return properties.flatMap(([name, value]) => [flag, `${name}=${value}`]);
}
