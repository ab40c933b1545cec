import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ErrorMessages } from "../../src/parser/errors.js";
import { PhxParser } from "../../src/parser/grammar.js";
import { MAX_FILE_BYTES } from "../../src/text/files.js";
import { createLexer, mostTokens } from "../../src/parser/tokens.js";
import { hasErrors } from "../../src/syntax/visit.js";
import { findings, parseText } from "../support/phx.js";

const test = suite("parser-limits");

test("Chevrotain finds no fault with the tokens and the grammar", () => {
  createLexer(false);
  assert.instance(new PhxParser(new ErrorMessages(), false), PhxParser);
});

const nested = (open: string, close: string, times: number): string =>
  `a = ${open.repeat(times)}1${close.repeat(times)}`;

for (const [name, deep, tooDeep] of [
  ["parentheses", nested("(", ")", 95), nested("(", ")", 105)],
  ["lists", nested("[", "]", 95), nested("[", "]", 105)],
  ["maps", nested("{a = ", "}", 95), nested("{a = ", "}", 105)],
  ["bodies", "a {".repeat(95) + "}".repeat(95), "a {".repeat(105) + "}".repeat(105)],
  ["operators", nested("1 + ", "", 95), nested("1 + ", "", 105)],
  ["signs", nested("!", "", 95), nested("!", "", 105)],
  ["references", `a = b${".c".repeat(95)}`, `a = b${".c".repeat(105)}`],
  ["calls", nested("f(", ")", 95), nested("f(", ")", 105)],
  ["conditions", nested("x ? ", " : 2", 95), nested("x ? ", " : 2", 105)],
  ["tall sums", nested("(", " + 1 + 1 + 1)", 20), nested("(", " + 1 + 1 + 1 + 1)", 30)],
] as const) {
  test(`${name} nest to a limit`, () => {
    assert.equal(findings(deep), []);
    assert.equal(
      findings(tooDeep).filter((finding) => finding.startsWith("PHX1033")).length,
      1,
      findings(tooDeep).join("; "),
    );
  });
}

test("long lists and long files of shallow things are no problem", () => {
  assert.equal(findings(`a = [${"1 + 2, ".repeat(5000)}]`), []);
  assert.equal(findings("a = b.c + 1\n".repeat(5000)), []);
});

test("at most a hundred findings and a note", () => {
  const { diagnostics } = parseText("a = \n".repeat(500));
  assert.is(diagnostics.length, 101);
  assert.is(diagnostics[100]?.code, "PHX1034");
  assert.is(diagnostics[100]?.severity, "note");
});

test("a file beyond the limit is one finding", () => {
  assert.equal(findings("a = 1\n".repeat(MAX_FILE_BYTES / 5)), ["PHX1033 1:1"]);
});

test("a file of too many words and signs is one finding, where the limit is passed", () => {
  const signs = "-".repeat(mostTokens - 5);
  // Wherever that is: here inside the second interpolation of a string.
  assert.equal(findings(`${signs}"\${a}\${b}\${c}"`), [`PHX1033 1:${signs.length + 9}`]);
});

test("a line of nothing but characters that the language has not is one finding", () => {
  assert.equal(findings("`".repeat(100_000)), ["PHX1003 1:1"]);
  assert.ok(hasErrors(parseText("`".repeat(100_000)).document));
});

test("what is not text is one finding", () => {
  assert.equal(findings("\u007fELF\u0002\u0001\0\0\0"), ["PHX1032 1:7"]);
  assert.equal(findings("a = 1\n# caf\uFFFD\nb = \uFFFD"), ["PHX1032 2:6"]);
});

test("what was not read is an error node", () => {
  assert.ok(hasErrors(parseText("\0").document));
  assert.ok(hasErrors(parseText("; ; ;\n".repeat(500)).document));
  assert.not(hasErrors(parseText("a = [1]").document));
});

/** Each would cost minutes if anything looked at the rest of the file, or of the line, again and again. */
const size = 120_000;
for (const piece of [
  ...["(", "a {", "}", "]", "= ", "a = \n", "let = \n", '"', '"\n', '"""x\n', "'''x\n", "a = '''x'''\n", "''", '""'],
  ...[
    "1+",
    "!",
    "a ? b : ",
    "a ? ",
    ".b",
    "b.",
    "/*",
    "\n",
    ",",
    "[\n",
    "(\n",
    "a ",
    "a b\n",
    "\\n",
    '"${',
    '"${a}',
    "}\n",
  ],
  ...[
    "8GB,",
    ":a",
    "a:",
    "1:",
    "::",
    "-",
    "a-",
    "1-",
    "/",
    "a/",
    "~/",
    "é",
    "\r",
    "\t",
    "#",
    "${",
    "x://",
    '"""\n',
    "'''\n",
  ],
]) {
  test(`${size} characters of ${JSON.stringify(piece)} end soon`, () => {
    const start = performance.now();
    for (const before of ["", "a = ", 'a = "', 'a = """\n']) {
      const { diagnostics } = parseText(before + piece.repeat(size / 4 / piece.length));
      assert.ok(diagnostics.length <= 101);
    }
    assert.ok(performance.now() - start < 6000);
  });
}

test.run();
