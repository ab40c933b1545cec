import { diagnose, renderValue, sectionOf, settingOf, sizeOf, sizeText } from "../../plugin-api/index.js";
import type { Diagnostic, OptionSpec, Resource, Section, Setting, Value } from "../../plugin-api/index.js";
import { blockSize } from "./findings-datasets.js";
import { nativeProperties } from "./native.js";

/** A ZFS property with the value that the command takes. */
export type Property = readonly [name: string, value: string];

/** What the files say of properties: those with a value, and those that are not to be set where they are. */
export interface Properties {
  readonly set: readonly Property[];
  /** Inherited from above, as if nobody had set them. */
  readonly inherit: readonly string[];
}

/** A value as `zfs` takes and prints it: `on` and `off`, sizes as `128K`, everything else as its text. */
export function zfsValue(value: Value): string {
  if (value.type === "bool") return value.value ? "on" : "off";
  return value.type === "size" ? sizeText(Math.floor(value.value)) : renderValue(value);
}

/** The properties of a block, in the order written. */
export function blockProperties(section: Section, kind: string): Properties {
  const block = sectionOf(section, kind);
  return propertiesOf(block === undefined ? [] : [...block.settings.values()]);
}

/** The properties among the attributes of a block, in the order of `options`. */
export function ownProperties(section: Section, options: Readonly<Record<string, OptionSpec>>): Properties {
  const named = Object.keys(options).filter((name) => options[name]?.pve !== undefined);
  return propertiesOf(named.flatMap((name) => settingOf(section, name) ?? []));
}

function propertiesOf(settings: readonly Setting[]): Properties {
  const set: Property[] = [];
  const inherit: string[] = [];
  for (const { name, value } of settings) {
    if (value.type === "error") continue;
    const without = withoutIt(name);
    // Zero stands for no limit in ZFS's memory, but its commands want the word for quotas.
    if (value.type === "size" && value.value === 0 && without === "none") set.push([name, without]);
    else if (value.type !== "absent") set.push([name, zfsValue(value)]);
    else if (without === undefined) inherit.push(name);
    else set.push([name, without]);
  }
  return { set, inherit };
}

/** The value of a property that is not inherited, where nobody wants it. */
function withoutIt(name: string): string | undefined {
  if (/^(user|group|project)(obj)?quota@/.test(name)) return "none";
  const absent = Object.hasOwn(nativeProperties, name) ? nativeProperties[name]?.absent : undefined;
  return typeof absent === "object" ? absent.value : undefined;
}

/** Block sizes, as attributes or in the block of properties, that are no power of two. */
export function blockFindings(resource: Resource): readonly Diagnostic[] {
  const properties = sectionOf(resource, "properties");
  return [resource, ...(properties === undefined ? [] : [properties])].flatMap((section) =>
    ["recordsize", "volblocksize"].flatMap((property) => {
      const setting = settingOf(section, property);
      const bytes = sizeOf(section, property);
      if (setting === undefined || bytes === undefined || Number.isInteger(Math.log2(bytes))) return [];
      return [diagnose(blockSize, setting.span, { dataset: resource.name, property })];
    }),
  );
}

/** Two lists as one; what is said twice counts where it is said first. */
export function joinProperties(first: Properties, then: Properties): Properties {
  const known = new Set([...first.set.map(([name]) => name), ...first.inherit]);
  return {
    set: [...first.set, ...then.set.filter(([name]) => !known.has(name))],
    inherit: [...first.inherit, ...then.inherit.filter((name) => !known.has(name))],
  };
}

/** The arguments for properties: `-o compression=lz4 -o quota=800G`. */
export function propertyArguments(flag: "-o" | "-O", properties: readonly Property[]): readonly string[] {
  return properties.flatMap(([name, value]) => [flag, `${name}=${value}`]);
}
