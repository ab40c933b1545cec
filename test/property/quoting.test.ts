import { spawnSync } from "node:child_process";
import * as fc from "../support/property.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ShellWord, isPlain, quote, visible } from "../../src/emitters/bash/shell-word.js";

const test = suite("quoting, through a real bash");

const HOSTILE = [
  "",
  "'",
  "''",
  "'\\''",
  '"',
  "`touch /x`",
  "$(touch /x)",
  "${HOME}",
  "$'\\n'",
  "a\nb",
  "a\n\nb\n",
  "; rm -rf /",
  "%s%n",
  "-n",
  "--help",
  "--",
  "\\",
  "a\\",
  "\t",
  "\r\n",
  "ü ß 漢字 🐘",
  "\u202e\u2066evil",
  "\u0007\u001b[31m",
  "!history",
  "*",
  "~root",
  "a b",
  "#x",
  "END",
  "x".repeat(10_000),
];

const LOCALES = ["C", "C.UTF-8"];

/** What bash makes of the words, as it hands them to a program. */
function throughBash(words: readonly ShellWord[], locale: string): string[] {
  const script = `printf '%s\\0' ${words.map(String).join(" ")}\n`;
  const result = spawnSync("bash", ["-s"], {
    input: script,
    env: { ...process.env, LC_ALL: locale },
    encoding: "utf8",
  });
  assert.is(result.stderr, "");
  assert.is(result.status, 0);
  return result.stdout.split("\0").slice(0, -1);
}

test("hostile values arrive as one literal argument each, in every locale", () => {
  for (const locale of LOCALES) assert.equal(throughBash(HOSTILE.map(ShellWord.value), locale), HOSTILE);
});

test("any text without NUL arrives as it is", () => {
  const text = fc.string({ unit: "binary", maxLength: 200 }).map((value) => value.replaceAll("\0", ""));
  const shelly = fc
    .array(fc.constantFrom("'", '"', "`", "$", "(", ")", "\\", "\n", ";", "%", "-", "a", " ", "\u202e", "\u0085"), {
      maxLength: 30,
    })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(fc.array(fc.oneof(text, shelly), { minLength: 1, maxLength: 20 }), (values) => {
      assert.equal(throughBash(values.map(ShellWord.value), "C"), values);
    }),
    { numRuns: 150, verbose: 1 },
  );
});

test("a comment stays one line and hides nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const comment = String(ShellWord.comment(text));
      assert.not.match(comment, /[\n\r]/);
      assert.ok(isPlain(comment));
    }),
    { verbose: 1 },
  );
  assert.is(visible("a\u202eb\n"), "a\\u{202e}b\\u{a}");
});

test("what a program cannot be passed is a bug of ours, not a shorter word", () => {
  assert.throws(() => quote("a\0b"), /NUL/);
});

test("a bare word that would need quoting is refused", () => {
  for (const text of ["a b", "", "$x", "a;b", "'", "a\nb"])
    assert.throws(() => ShellWord.bare(text), /not a bare word/);
});

test.run();
