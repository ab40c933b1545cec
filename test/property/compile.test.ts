import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as fc from "../support/property.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import { renderText } from "../../src/diagnostics/index.js";
import type { Diagnostic } from "../../src/diagnostics/index.js";
import { findingsReport } from "../../src/diagnostics/render-json.js";
import { renderSarif } from "../../src/diagnostics/render-sarif.js";
import { memoryFiles } from "../../src/host/files.js";
import type { Span } from "../../src/text/source.js";
import { fences } from "../support/markdown.js";
import { root } from "../support/paths.js";

const test = suite("compile-property");
const runs = process.env["PHXC_DEEP"] === "1" ? 40_000 : 10_000;
console.log(`  ${runs} cases`);

type Texts = Readonly<Record<string, string>>;

/** All files of a folder by their names. */
function textsOf(folder: string, extension: string): Texts {
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith(extension));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(root, folder, name), "utf8")]));
}

const homelab = textsOf("examples/homelab", ".phx");
const phoenix = textsOf("examples/phoenix", ".phx");
const json = textsOf("examples/homelab/json", ".json");
const pages = Object.values(textsOf("docs/diagnostics", ".md")).flatMap((page) =>
  fences(page)
    .filter((fence) => fence.language === "phx")
    .map((fence): Texts => ({ "main.phx": fence.text })),
);

/** Pieces of both languages, and what neither expects. */
const FRAGMENTS = [
  ..."{}[]()=,#?:.'\"\\\n\t\0".split(""),
  ...["${", '"""', "'''", "..", "/*", "+=", "&&", "!", "\u202e", "\ud800", "\r", "\ufeff"],
  ...["vm", "ct", "for", "in", "when", "extends", "param", "let", "assert", "import", "absent", "self", "self.id"],
  ...["null", "true", "-1", "0", "1.5", "1e400", "99999999999999999999", "10.0.0.1/33", "8GB", "01:00.0"],
  ...["{}", "[]", '""', '"x"', '"__proto__"', "[null]", '{"a":[]}', 'secret("env:X")', 'file("../x")'],
];

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.integer({ min: 0, max: 40 }),
  insert: fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ maxLength: 6 }), fc.constant(undefined)),
});
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

/** Removes, inserts, or copies a piece from elsewhere in the text. */
function damage(text: string, edits: readonly Edit[]): string {
  return edits.reduce((now, { at, from, remove, insert }) => {
    const place = Math.floor(at * now.length);
    const source = Math.floor(from * now.length);
    return now.slice(0, place) + (insert ?? now.slice(source, source + remove)) + now.slice(place + remove);
  }, text);
}

function assertInside({ file, start, end }: Span, code: string): void {
  assert.ok(start >= 0 && start <= end && end <= file.text.length, `${code} lies outside ${file.path}`);
}

function assertSound(diagnostics: readonly Diagnostic[]): void {
  for (const { code, span, related, fix, message } of diagnostics) {
    assertInside(span, code);
    for (const place of related) assertInside(place.span, code);
    if (fix !== undefined) assertInside(fix.span, code);
    assert.not.match(message, /\bundefined\b|\bNaN\b|\[object/);
  }
  renderText(diagnostics);
  findingsReport(diagnostics);
  renderSarif(diagnostics, { version: "0" });
}

async function compiles(texts: Texts, entry: string): Promise<void> {
  const { diagnostics, plan } = await compile({ entry, files: memoryFiles(texts) });
  assertSound(diagnostics);
  assert.is(
    plan === undefined,
    diagnostics.some((finding) => finding.severity === "error"),
  );
}

/** A broken run prints the smallest text that breaks it. */
function everyDamaged(name: string, sets: readonly Texts[], entryOf: (texts: Texts) => string, share: number): void {
  test(`${name}: no damage makes the compiler fail, and every finding lies inside its file`, async () => {
    const damaged = fc.record({
      texts: fc.constantFrom(...sets),
      which: fc.nat(),
      edits: fc.array(edit, { minLength: 1, maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(damaged, async ({ texts, which, edits }) => {
        const names = Object.keys(texts);
        const victim = names[which % names.length] ?? "";
        await compiles({ ...texts, [victim]: damage(texts[victim] ?? "", edits) }, entryOf(texts));
      }),
      { numRuns: Math.ceil(runs * share) },
    );
  });
}

everyDamaged("examples of the pages", pages, () => "main.phx", 0.6);
everyDamaged("homelab.phx", [homelab], () => "homelab.phx", 0.04);
everyDamaged("phoenix.phx", [phoenix], () => "phoenix.phx", 0.02);
everyDamaged("JSON", [json], () => "phoenix_hypervisor_config.json", 0.04);

test("random pieces of the languages make findings and nothing else", async () => {
  const soup = fc.array(fc.constantFrom(...FRAGMENTS, " ", "\n", "memory", "disk", "net", "8GiB", "host"), {
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(
      soup,
      fc.constantFrom("", " "),
      fc.constantFrom("main.phx", "config.json", "config"),
      (parts, gap, entry) => compiles({ [entry]: parts.join(gap) }, entry),
    ),
    { numRuns: Math.ceil(runs * 0.3) },
  );
});

test.run();
