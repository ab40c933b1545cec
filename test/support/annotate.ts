import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js";
import { position } from "../../src/text/source.js";
import { golden } from "./golden.js";
import { root } from "./paths.js";

/** Begins a line that says what was found about the line above. */
const MARK = "#~";

/**
 * Compares every `.phx` file of `test/golden/FOLDER` with itself under its findings. A golden file is its own source:
 * lines that begin with `#~` are findings, and are written anew by UPDATE_GOLDENS=1. To add a case, add a file without
 * such lines.
 */
export function annotatedGolden(folder: string, name: string, find: (source: string) => readonly Diagnostic[]): void {
  const source = annotatedSource(folder, name);
  golden(`${folder}/${name}`, annotate(source, find(source)));
}

/** The text of a source in a folder of golden files, without its findings. */
export function annotatedSource(folder: string, name: string): string {
  const lines = readFileSync(join(root, "test/golden", folder, name), "utf8").split("\n");
  return lines.filter((line) => !line.startsWith(MARK)).join("\n");
}

/** The names of the sources in a folder of golden files. */
export function annotatedSources(folder: string): readonly string[] {
  return readdirSync(join(root, "test/golden", folder)).filter((name) => name.endsWith(".phx"));
}

function annotate(source: string, findings: readonly Diagnostic[]): string {
  const under = (line: number): readonly string[] =>
    findings.filter(({ span }) => position(span.file, span.start).line === line).flatMap(annotation);
  return source
    .split("\n")
    .flatMap((text, i) => [text, ...under(i + 1)])
    .join("\n");
}

/** Columns, code and message; then related places, help and fix. */
function annotation({ code, message, span, related, help, fix }: Diagnostic): readonly string[] {
  const start = position(span.file, span.start);
  const end = position(span.file, span.end);
  const columns =
    end.line === start.line ? `${start.column}-${end.column}` : `${start.column}-${end.line}:${end.column}`;
  return [
    `${MARK} ${columns} ${code}: ${message}`,
    ...related.map((each) => `${MARK}   line ${position(each.span.file, each.span.start).line}: ${each.message}`),
    ...(help === undefined ? [] : [`${MARK}   help: ${help}`]),
    ...(fix === undefined ? [] : [`${MARK}   fix: ${fix.title}`]),
  ];
}
