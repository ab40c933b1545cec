import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Diagnostic } from "../../src/diagnostics/diagnostic.js";
import { position } from "../../src/text/source.js";
import { checkText } from "../support/check.js";
import { golden } from "../support/golden.js";
import { root } from "../support/paths.js";

/**
 * Sources with the findings under each line. A golden file is its own source: lines that begin with `#~` are what the
 * checker says, and are written anew by UPDATE_GOLDENS=1. To add a case, add a file without such lines.
 */
const folder = join(root, "test/golden/checker");
const MARK = "#~";

const test = suite("checker goldens");

for (const name of readdirSync(folder).filter((entry) => entry.endsWith(".phx"))) {
  test(name, () => {
    const lines = readFileSync(join(folder, name), "utf8").split("\n");
    const source = lines.filter((line) => !line.startsWith(MARK)).join("\n");
    golden(`checker/${name}`, annotate(source, checkText(source).findings));
  });
}

test("every finding lies inside its file", () => {
  for (const name of readdirSync(folder)) {
    for (const { span, related } of checkText(readFileSync(join(folder, name), "utf8")).findings) {
      for (const { file, start, end } of [span, ...related.map((each) => each.span)]) {
        assert.ok(start >= 0 && start <= end && end <= file.text.length, name);
      }
    }
  }
});

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
  const columns = end.line === start.line ? `${start.column}-${end.column}` : `${start.column}-${end.line}:${end.column}`;
  return [
    `${MARK} ${columns} ${code}: ${message}`,
    ...related.map((each) => `${MARK}   line ${position(each.span.file, each.span.start).line}: ${each.message}`),
    ...(help === undefined ? [] : [`${MARK}   help: ${help}`]),
    ...(fix === undefined ? [] : [`${MARK}   fix: ${fix.title}`]),
  ];
}

test.run();
