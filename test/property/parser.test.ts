import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "../support/property.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { mostFindings } from "../../src/parser/report.js";
import { visit } from "../../src/syntax/visit.js";
import type { Document } from "../../src/syntax/ast.js";
import { position, type Span } from "../../src/text/source.js";
import { annotatedSources } from "../support/annotate.js";
import { root } from "../support/paths.js";
import { parseText } from "../support/phx.js";

const test = suite("parser properties");
const runs = process.env["PHXC_DEEP"] === "1" ? 5000 : 200;

const sources = annotatedSources("parser").map((name) => readFileSync(join(root, "test/golden/parser", name), "utf8"));
const [sample = ""] = sources.filter((text) => text.includes("overridable"));
const pieces = [
  ...new Set(sources.flatMap((text) => text.match(/[\w.${}"'-]+|\n|[^\w\s]/g) ?? [])),
  ...[
    '"""\n',
    "'''\n",
    '"${',
    '"',
    "\\",
    "/*",
    "*/",
    "#",
    "//",
    "\r",
    "\r\n",
    "\t",
    "\u00a0",
    "é",
    "😀",
    "\ud800",
    "::",
  ],
  ...["..", "+=", "==", "&&", "? ", " : ", "!", "-", "[", "]", "(", ")", "{", "}", ",", "=", ":", ".", "0755", "8GB"],
  ...["import ", "param ", "let ", "assert ", "for ", " in ", " extends ", " when ", "10.0.0.300", "http://x/", " /y"],
];

/** Findings are in order, inside the file, at most one of the grammar for a line; spans of the tree nest in the file. */
function checkText(text: string): void {
  const { document, diagnostics } = parseText(text);
  assert.ok(diagnostics.length <= mostFindings + 1);
  const lines = new Set<string>();
  let last = 0;
  for (const { code, span, related, fix } of diagnostics) {
    for (const each of [span, ...related.map(({ span }) => span), ...(fix === undefined ? [] : [fix.span])]) {
      inside(each, text);
    }
    assert.ok(span.start >= last || code === "PHX1034", `${code} is out of order`);
    last = span.start;
    if (code !== "PHX1001" && code !== "PHX1002") continue;
    const line = `${position(span.file, span.start).line}`;
    assert.not(lines.has(line), `two syntax errors on line ${line}`);
    lines.add(line);
  }
  if (diagnostics.length === 0) assert.equal(errors(document), 0, "an error node without a finding");
  visit(document, { item: ({ span }) => inside(span, text), expr: ({ span }) => inside(span, text) });
}

function inside({ start, end, file }: Span, text: string): void {
  assert.is(file.text, text);
  assert.ok(Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= text.length);
}

function errors(document: Document): number {
  let found = 0;
  const count = ({ type }: { readonly type: string }): void => void (found += type === "error" ? 1 : 0);
  visit(document, { item: count, expr: count });
  return found;
}

const settings = { numRuns: runs, includeErrorInReport: true };
const edits = fc.array(fc.tuple(fc.nat(4000), fc.nat(20), fc.constantFrom(...pieces, "")), {
  minLength: 1,
  maxLength: 10,
});

/** A source with stretches of it replaced. */
const damaged = fc.tuple(fc.constantFrom(...sources), edits).map(([text, list]) =>
  list.reduce((now, [place, length, piece]) => {
    const start = place % (now.length + 1);
    return now.slice(0, start) + piece + now.slice(start + length);
  }, text),
);

test("any text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), checkText), settings);
});

test("any tokens", () => {
  const soup = fc.array(fc.constantFrom(...pieces, " ", "\n"), { maxLength: 120 }).map((list) => list.join(""));
  fc.assert(fc.property(soup, checkText), settings);
});

test("any part of a file", () => {
  const part = fc.tuple(fc.nat(sample.length), fc.nat(sample.length)).map(([from, to]) => sample.slice(from, to));
  fc.assert(fc.property(part, checkText), settings);
});

test("damaged files", () => {
  fc.assert(fc.property(damaged, checkText), { ...settings, numRuns: runs * 2 });
});

test("one mistake has few consequences", () => {
  const lines = sample.split("\n");
  let total = 0;
  let worst = 0;
  const cuts = Array.from({ length: sample.length }, (_, i) => i).filter((i) => i % 7 === 0);
  for (const at of cuts) {
    const { diagnostics } = parseText(sample.slice(0, at) + sample.slice(at + 1));
    total += diagnostics.length;
    worst = Math.max(worst, diagnostics.length);
  }
  assert.ok(lines.length > 50);
  assert.ok(worst <= 3, `one missing character has ${worst} findings`);
  assert.ok(total / cuts.length < 0.6, `${total} findings of ${cuts.length} mistakes`);
});

test.run();
