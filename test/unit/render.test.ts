import type { Log } from "sarif";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  diagnose,
  diagnosticKind,
  renderText,
  sortFindings,
  summaryLine,
  colourPalette,
} from "../../src/diagnostics/index.js";
import type { Diagnostic, Extra, Severity } from "../../src/diagnostics/index.js";
import { frame } from "../../src/diagnostics/frame.js";
import type { Frame } from "../../src/diagnostics/frame.js";
import { findingsReport, renderJson } from "../../src/diagnostics/render-json.js";
import { compile } from "../../src/compile.js";
import { renderSarif } from "../../src/diagnostics/render-sarif.js";
import { memoryFiles } from "../../src/host/files.js";
import { countFindings } from "../../src/diagnostics/summary.js";
import { sourceFile, span } from "../../src/text/source.js";
import type { SourceFile } from "../../src/text/source.js";
import { annotatedSource, annotatedSources } from "../support/annotate.js";

const test = suite("render");

function finding(
  file: SourceFile,
  start: number,
  end: number,
  given: { severity?: Severity; code?: string; message?: string; extra?: Extra } = {},
): Diagnostic {
  const { severity = "error", code = "PHX9001", message = "it is wrong", extra = {} } = given;
  const kind = diagnosticKind({ code, severity, title: "wrong", message: () => message });
  return diagnose(kind, span(file, start, end), undefined, extra);
}

const fleet = sourceFile("fleet.phx", "vm 8001 docker-1 {\n  memry = 8GiB\n}\n");

test("a finding shows its line, a caret run, help and fix", () => {
  const at = fleet.text.indexOf("memry");
  const text = renderText([
    finding(fleet, at, at + 5, {
      message: "vm has no attribute `memry`",
      extra: {
        help: "did you mean `memory`?",
        fix: { title: "write `memory`", span: span(fleet, at, at + 5), replacement: "memory" },
        related: [{ span: span(fleet, 0, 2), message: "of this block" }],
      },
    }),
  ]);
  assert.is(
    text,
    [
      "error PHX9001: vm has no attribute `memry`",
      " --> fleet.phx:2:3",
      "2 |   memry = 8GiB",
      "  |   ^^^^^",
      " ::: fleet.phx:1:1",
      "1 | vm 8001 docker-1 {",
      "  | ^^ of this block",
      "  = help: did you mean `memory`?",
      "  = fix: write `memory`",
      "",
    ].join("\n"),
  );
});

function underline({ indent, carets }: Frame): string {
  return " ".repeat(indent) + carets;
}

test("tabs are laid out in both lines alike", () => {
  const file = sourceFile("a.phx", "\tx\t= 1\n");
  const shown = frame(span(file, 1, 2));
  assert.is(shown.source, "    x   = 1");
  assert.is(underline(shown), "    ^");
});

test("a long line is cut around the caret", () => {
  const file = sourceFile("a.phx", `${"a".repeat(500)}HERE${"b".repeat(500)}`);
  const shown = frame(span(file, 500, 504), 60);
  assert.is(shown.source.length, 60);
  assert.ok(shown.source.startsWith("…aaa") && shown.source.endsWith("bbb…"));
  assert.is(shown.source.slice(shown.indent).slice(0, 4), "HERE");
  assert.is(shown.carets, "^^^^");
});

test("a span over several lines is underlined to the end of its first", () => {
  const file = sourceFile("a.phx", "abc {\n}\n");
  assert.is(underline(frame(span(file, 2, 7))), "  ^^^");
});

test("a caret past the end of a line and in an empty file is one caret", () => {
  const file = sourceFile("a.phx", "abc\n");
  assert.is(underline(frame(span(file, 3))), "   ^");
  const text = renderText([finding(sourceFile("empty.phx", ""), 0, 0)]);
  assert.is(text, "error PHX9001: it is wrong\n --> empty.phx:1:1\n");
});

test("wide characters take two cells and combining marks none", () => {
  const file = sourceFile("a.phx", "日本 e\u0301x");
  assert.is(underline(frame(span(file, 5, 6))), "      ^");
});

test("control and bidirectional characters are written out", () => {
  const file = sourceFile("a\u001b[31m.phx", 'x = "\u202eevil\u0007"');
  const text = renderText([finding(file, 4, 11, { message: "bad \u001b[2J value" })]);
  assert.not.match(text, /[\u0007\u001b\u202e]/);
  assert.match(text, "\\u{202e}evil\\u{7}");
  assert.match(text, "bad \\u{1b}[2J value");
});

test("colour only through the palette", () => {
  const plain = renderText([finding(fleet, 0, 2)]);
  const coloured = renderText([finding(fleet, 0, 2)], { palette: colourPalette });
  assert.not.match(plain, "\u001b");
  assert.match(coloured, "\u001b[31m");
  // oxlint-disable-next-line no-control-regex -- strips what the palette added
  assert.is(coloured.replace(/\u001b\[\d+m/g, ""), plain);
});

test("quiet leaves out notes and only notes", () => {
  const all = [finding(fleet, 0, 2, { severity: "note" }), finding(fleet, 0, 2, { severity: "warning" })];
  assert.not.match(renderText(all, { quiet: true }), "note PHX9001");
  assert.match(renderText(all, { quiet: true }), "warning PHX9001");
});

test("the summary counts by severity", () => {
  const all = (["note", "error", "note", "warning", "error", "error"] as const).map((severity) =>
    finding(fleet, 0, 1, { severity }),
  );
  assert.is(summaryLine(countFindings(all)), "3 errors, 1 warning, 2 notes");
  assert.is(summaryLine(countFindings([])), "no findings");
});

test("findings are ordered by file, place and code, and doubles are dropped", () => {
  const other = sourceFile("a.phx", "abc");
  const sorted = sortFindings(
    [
      finding(fleet, 4, 5),
      finding(other, 0, 1),
      finding(fleet, 1, 2, { code: "PHX9002" }),
      finding(fleet, 1, 2),
      finding(fleet, 1, 2),
    ],
    ["fleet.phx"],
  );
  assert.equal(
    sorted.map((d) => `${d.span.file.path}:${d.span.start}:${d.code}`),
    ["fleet.phx:1:PHX9001", "fleet.phx:1:PHX9002", "fleet.phx:4:PHX9001", "a.phx:0:PHX9001"],
  );
});

test("JSON carries lines, columns and offsets", () => {
  const report = findingsReport([finding(fleet, 21, 26, { extra: { help: "look" } })]);
  assert.equal(report.counts, { error: 1, warning: 0, note: 0 });
  assert.equal(report.findings[0]?.place, {
    file: "fleet.phx",
    start: { line: 2, column: 3, offset: 21 },
    end: { line: 2, column: 8, offset: 26 },
  });
  assert.is(JSON.parse(renderJson([finding(fleet, 0, 1)])).version, 1);
});

test("SARIF names rules once and encodes paths", () => {
  const file = sourceFile("my files/ü.phx", "abc");
  const sarif = JSON.parse(
    renderSarif([finding(file, 0, 1), finding(file, 1, 2)], { version: "1.2.3", title: () => "wrong" }),
  );
  const run = sarif.runs[0];
  assert.equal(run.tool.driver.rules, [{ id: "PHX9001", shortDescription: { text: "wrong" } }]);
  assert.is(run.results.length, 2);
  assert.is(run.results[1].ruleIndex, 0);
  assert.is(run.results[0].level, "error");
  assert.is(run.results[0].locations[0].physicalLocation.artifactLocation.uri, "my%20files/%C3%BC.phx");
});

test("SARIF keeps what the standard's schema asks beyond the types", async () => {
  for (const name of annotatedSources("newcomer")) {
    const files = memoryFiles({ "main file.phx": annotatedSource("newcomer", name) });
    const { diagnostics } = await compile({ entry: "main file.phx", files, upTo: "plans" });
    const log: Log = JSON.parse(renderSarif(diagnostics, { version: "1.2.3" }));
    const [run] = log.runs;
    const rules = run?.tool.driver.rules ?? [];
    assert.is(new Set(rules.map(({ id }) => id)).size, rules.length);
    assert.is(run?.results?.length, diagnostics.length);
    for (const { ruleId, ruleIndex = -1, locations = [], relatedLocations = [], fixes = [] } of run?.results ?? []) {
      assert.is(rules[ruleIndex]?.id, ruleId);
      assert.is(new Set(relatedLocations.map((at) => JSON.stringify(at))).size, relatedLocations.length);
      const changed = fixes.flatMap(({ artifactChanges }) =>
        artifactChanges.flatMap(({ replacements }) => replacements),
      );
      const regions = [...locations, ...relatedLocations].map(({ physicalLocation }) => physicalLocation?.region);
      for (const region of [...regions, ...changed.map(({ deletedRegion }) => deletedRegion)]) {
        const { startLine = 0, startColumn = 0, endLine = 0, endColumn = 0 } = region ?? {};
        assert.ok(startLine >= 1 && startColumn >= 1, name);
        assert.ok(endLine > startLine || (endLine === startLine && endColumn >= startColumn), name);
      }
      assert.is(locations[0]?.physicalLocation?.artifactLocation?.uri, "main%20file.phx");
    }
  }
});

test.run();
