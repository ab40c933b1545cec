import { compareKeys } from "../../text/order.js";

/** JSON as Proxmox prints it for people: sorted keys, three blanks, ` : `. No newline at the end. */
export function perlJson(value: unknown, indent = ""): string {
  const inner = `${indent}   `;
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return `[\n${value.map((item) => `${inner}${perlJson(item, inner)}`).join(",\n")}\n${indent}]`;
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).sort(compareKeys);
    const lines = entries.map(([key, item]) => `${inner}${JSON.stringify(key)} : ${perlJson(item, inner)}`);
    return lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}\n${indent}}`;
  }
  return JSON.stringify(value) ?? "null";
}

/** JSON as `--output-format json` prints it: one line, sorted keys. */
export function plainJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(plainJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).sort(compareKeys);
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${plainJson(item)}`).join(",")}}`;
  }
  return JSON.stringify(value) ?? "null";
}
