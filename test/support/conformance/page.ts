import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../paths.js";
import { divergences, reasonsFor } from "./divergences.js";
import { plannedCommands, commandName } from "./planned.js";
import type { Agreement } from "./reached.js";
import type { Verdict } from "./replay.js";

/** The page about how far the simulated host agrees with a genuine one. */
const PAGE = join(root, "docs/conformance.md");

/** How many commands agree, by tool in alphabetical order. */
export function agreement(verdicts: readonly Verdict[]): Readonly<Record<string, Agreement>> {
  const tools = [...new Set(verdicts.map(({ entry }) => entry.argv[0] ?? ""))].toSorted();
  return Object.fromEntries(
    tools.map((tool) => {
      const all = verdicts.filter(({ entry }) => entry.argv[0] === tool);
      const planned = all.filter(({ entry }) => plannedCommands.has(commandName(entry.argv)));
      return [tool, { planned: counted(planned), all: counted(all) }];
    }),
  );
}

/** The sum over tools. */
export function total(tools: Readonly<Record<string, Agreement>>): Agreement {
  const sum = (pick: (tool: Agreement) => readonly [number, number]): readonly [number, number] => [
    Object.values(tools).reduce((n, tool) => n + pick(tool)[0], 0),
    Object.values(tools).reduce((n, tool) => n + pick(tool)[1], 0),
  ];
  return { planned: sum(({ planned }) => planned), all: sum(({ all }) => all) };
}

function counted(verdicts: readonly Verdict[]): readonly [number, number] {
  return [verdicts.filter(({ problems }) => problems.length === 0).length, verdicts.length];
}

/** `98.9 %` */
export function percent([agree, all]: readonly [number, number]): string {
  return all === 0 ? "-" : `${((agree * 100) / all).toFixed(1)} %`;
}

/** The agreement as rows of cells, with a line for all tools. */
export function agreementRows(tools: Readonly<Record<string, Agreement>>): readonly (readonly string[])[] {
  const cells = (name: string, { planned, all }: Agreement): readonly string[] => [
    name,
    planned[1] === 0 ? "-" : `${planned[0]} of ${planned[1]}`,
    percent(planned),
    `${all[0]} of ${all[1]}`,
    percent(all),
  ];
  return [...Object.entries(tools).map(([tool, counts]) => cells(`\`${tool}\``, counts)), cells("all", total(tools))];
}

/** The generated parts of the page, by the name of their marks. */
function parts(verdicts: readonly Verdict[]): Readonly<Record<string, readonly (readonly string[])[]>> {
  const wrong = verdicts.filter(({ problems }) => problems.length > 0);
  const rest = divergences.map((reason) => {
    const commands = wrong.filter((verdict) => reasonsFor(verdict).includes(reason)).length;
    return [reason.what, String(commands), reason.why];
  });
  const head = ["tool", "commands that plans run", "agree", "all commands", "agree"];
  return {
    agreement: [head, ...agreementRows(agreement(verdicts))],
    rest: [["what differs", "commands", "why"], ...rest],
  };
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

/** Compares a generated part of the page with what it should be, or writes it (`UPDATE_GOLDENS=1`). */
export function isStale(name: string, rows: readonly (readonly string[])[]): boolean {
  const text = readFileSync(PAGE, "utf8");
  const fresh = text.replace(
    new RegExp(`(<!-- ${name} -->\n\n).*?(\n\n<!-- /${name} -->)`, "s"),
    (_, open: string, close: string) => open + table(rows) + close,
  );
  if (process.env["UPDATE_GOLDENS"] === "1") writeFileSync(PAGE, fresh);
  else if (fresh !== text) return true;
  return !text.includes(`<!-- ${name} -->`);
}

/** Which of the generated parts about commands are stale. */
export function staleParts(verdicts: readonly Verdict[]): readonly string[] {
  return Object.entries(parts(verdicts)).flatMap(([name, rows]) => (isStale(name, rows) ? [name] : []));
}
