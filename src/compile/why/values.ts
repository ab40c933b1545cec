import { formatDuration, formatSize } from "../../checker/units.js";
import type { Value } from "../../model/resource.js";
import { maskText, secretRanges } from "../../text/secrets.js";

/** Words, numbers and addresses of the language need no quotes. */
const BARE = /^(?:[A-Za-z_][A-Za-z0-9_-]*|\d+|\d+(?:\.\d+){3}(?:\/\d+)?)$/;

/** A value as a file could have it: sizes and durations with their unit, secrets by where they are. */
export function valueText(value: Value): string {
  switch (value.type) {
    case "string":
      return BARE.test(value.value) ? value.value : JSON.stringify(value.value);
    case "bool":
    case "number":
      return String(value.value);
    case "size":
      return formatSize(value.value);
    case "duration":
      return formatDuration(value.value);
    case "list":
      return value.range === true
        ? value.items.map(valueText).join("..")
        : `[${value.items.map(valueText).join(", ")}]`;
    case "map":
      return `{ ${value.entries.map(([key, item]) => `${key} = ${valueText(item)}`).join(", ")} }`;
    case "ref":
      return BARE.test(value.text) ? value.text : JSON.stringify(value.text);
    case "secret":
      return `secret(${JSON.stringify(value.source)})`;
    case "absent":
      return "absent";
    case "error":
      return "(could not be read)";
  }
}

/** As {@link valueText}, with what looks like a secret hidden: by the attribute's name, and by what stands in the value. */
export function shownValue(name: string, value: Value): string {
  if (value.type === "secret") return valueText(value);
  const head = `${name} = `;
  return hidden(head + valueText(value)).slice(head.length);
}

/** A text with everything that looks like a secret overwritten. */
export function hidden(text: string): string {
  return maskText(text, secretRanges(text));
}
