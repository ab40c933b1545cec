import { describeType } from "../../../src/checker/values.js";
import type { OptionType } from "../../../src/plugin-api/index.js";

/** Text as code. */
export function code(text: string): string {
  return text === "" ? "" : `\`${text}\``;
}

/** A table as the formatter aligns it; columns without a single entry are left out. */
export function grid(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows;
  const kept = head.map((_, i) => i).filter((i) => rows.slice(1).some((row) => (row[i] ?? "") !== ""));
  const cells = rows.map((row) => kept.map((i) => (row[i] ?? "").replaceAll("|", "\\|")));
  const widths = kept.map((_, i) => Math.max(3, ...cells.map((row) => row[i]?.length ?? 0)));
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const [first = [], ...body] = cells;
  return [line(first), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

/** The type, with its range in the unit of files. */
export function valueText(type: OptionType): string {
  const { min, max } = "min" in type || "max" in type ? (type as { readonly min?: number; readonly max?: number }) : {};
  const unit = type.type === "size" ? 1024 ** 2 : type.type === "duration" ? 1000 : 1;
  const show = (value: number): string =>
    `${value / unit}${type.type === "size" ? "MiB" : type.type === "duration" ? "s" : ""}`;
  const range =
    min === undefined
      ? max === undefined
        ? ""
        : `, up to ${show(max)}`
      : max === undefined
        ? `, ${show(min)} or more`
        : `, ${show(min)} to ${show(max)}`;
  return `${describeType(type)}${range}`;
}
