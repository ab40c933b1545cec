import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { print } from "../../src/syntax/printer.js";
import type { Document, Expr } from "../../src/syntax/ast.js";
import { sourceFile, span } from "../../src/text/source.js";
import { root } from "../support/paths.js";
import { meaning, parseText } from "../support/phx.js";

const test = suite("fmt");

/** Prints text that must be free of findings, and checks that printing is stable and keeps meaning and comments. */
function format(text: string): string {
  const first = parseText(text);
  assert.equal(
    first.diagnostics.map(({ message }) => message),
    [],
  );
  const printed = print(first.document);
  const second = parseText(printed);
  assert.is(print(second.document), printed, "printing it again changes it");
  assert.is(meaning(second.document), meaning(first.document));
  assert.equal(commentsOf(second.document), commentsOf(first.document));
  return printed;
}

function commentsOf(document: Document): readonly string[] {
  return document.comments.map(({ text }) => text.replace(/\r\n?/g, "\n").replace(/[ \t]+(?=\n|$)/g, "")).sort();
}

const cases: readonly (readonly [string, string, string])[] = [
  ["an empty file", "\n\n", ""],
  ["spaces", "a=1\nb   +=   [ 1,2 , ]\n", "a = 1\nb += [1, 2]\n"],
  ["a byte order mark and CRLF", "\uFEFFa = 1\r\nb = 2\r\n", "a = 1\nb = 2\n"],
  ["entries of one line", "a = 1, b = 2", "a = 1\nb = 2\n"],
  ["empty lines", "\n\na = 1\n\n\n\nb = 2\nc = 3\n\n", "a = 1\n\nb = 2\nc = 3\n"],
  ["a body on one line", "boot{start=true,delay=2s}", "boot { start = true, delay = 2s }\n"],
  ["a body on several", "boot { start = true\ndelay = 2s }", "boot {\n  start = true\n  delay = 2s\n}\n"],
  ["empty bodies", "a { }\nb {\n\n}\nc = {}\n", "a {}\nb {}\nc = {}\n"],
  ["nested bodies on one line", "a { b { c = 1 }, d }", "a { b { c = 1 }, d }\n"],
  [
    "a body that is too wide",
    `a { ${"b".repeat(50)} = 1, ${"c".repeat(50)} = { d = 1 } }`,
    `a {\n  ${"b".repeat(50)} = 1\n  ${"c".repeat(50)} = { d = 1 }\n}\n`,
  ],
  ["lists", "a = [\n1, 2\n\n3,]\nb = []\nc = [\n]", "a = [\n  1\n  2\n\n  3\n]\nb = []\nc = []\n"],
  [
    "a list that is too wide",
    `a = ["${"b".repeat(60)}", "${"c".repeat(60)}"]`,
    `a = [\n  "${"b".repeat(60)}"\n  "${"c".repeat(60)}"\n]\n`,
  ],
  ["headers", "vm  1   a extends[p]  when  x {}", "vm 1 a extends p when x {}\n"],
  ["several profiles", "vm 1 a extends [p,q] {}", "vm 1 a extends [p, q] {}\n"],
  ["arguments", 'in accept tcp 1 .. 9 [80,443] from (a . b) "c"', 'in accept tcp 1..9 [80, 443] from (a.b) "c"\n'],
  [
    "a header and its items",
    'import  "a"\nparam x:list( int )=[1]\nlet y=2\nassert x==y   "no"\nfor k,v in m{}',
    'import "a"\nparam x: list(int) = [1]\nlet y = 2\nassert x == y "no"\nfor k, v in m {}\n',
  ],
  ["operators", "a = b?c+1*-d:!e&&f .. 3", "a = b ? c + 1 * -d : !e && f..3\n"],
  ["a literal before a dot", "a = 8 .b", "a = 8 .b\n"],
  ["calls and indexes", "a = f ( 1,2, ) [ 0 ] . b", "a = f(1, 2)[0].b\n"],
  ["parentheses of several lines that fit", "a = (1\n + 2)", "a = (1 + 2)\n"],
  [
    "parentheses that do not",
    `a = (${"b".repeat(60)}\n + ${"c".repeat(60)} * 2)`,
    `a = (\n  ${"b".repeat(60)}\n  + ${"c".repeat(60)} * 2\n)\n`,
  ],
  [
    "a call of several lines that does not fit",
    `a = join(["${"b".repeat(60)}"],\n "${"c".repeat(60)}")`,
    `a = join(\n  ["${"b".repeat(60)}"],\n  "${"c".repeat(60)}"\n)\n`,
  ],
  ["quoted keys", '"lxc.cap.keep" = 1\n"plain" = 2', '"lxc.cap.keep" = 1\n"plain" = 2\n'],
  [
    "escapes",
    String.raw`a = "\u{41}\t\"\\\$ \${x} ${"$"}{y} \u{200b}"`,
    String.raw`a = "A\t\"\\$ \${x} ${"$"}{y} \u{200b}"` + "\n",
  ],
  ["literals keep their text", "a = [0755, 8.10, 1.40T, FE80::1]", "a = [0755, 8.10, 1.40T, FE80::1]\n"],
  [
    "a text",
    'a = """\n      one\n        ${ x }\n\n      two\n      """',
    'a = """\n  one\n    ${x}\n\n  two\n  """\n',
  ],
  ["a text in a body", 'a {\nb = """\none\n"""\n}', 'a {\n  b = """\n    one\n    """\n}\n'],
  ["quotes in a text", 'a = """\n \\"""\n "" \\${x}\n """', 'a = """\n  \\"""\n  "" \\${x}\n  """\n'],
  ["an empty text", 'a = """\n"""', 'a = """\n  """\n'],
  ["white space in a text", "a = '''\n  x  \n     \n  '''", "a = '''\n  x  \n     \n  '''\n"],
  ["a raw text", "a = '''\n\\n ${x}\n'''", "a = '''\n  \\n ${x}\n  '''\n"],
  ["a text among arguments", "a = f('''\nx\n'''\n, 2)", "a = f('''\n    x\n    '''\n  , 2)\n"],
  ["leading comments", "# a\n\n\n# b\na = 1", "# a\n\n# b\na = 1\n"],
  [
    "trailing comments",
    "a = 1   # one  \nb = 2 // two\nc { # three\n} # four",
    "a = 1 # one\nb = 2 // two\nc { # three\n} # four\n",
  ],
  ["comments at the end", "a {\n  b = 1\n\n  # last\n}\n\n# end", "a {\n  b = 1\n\n  # last\n}\n\n# end\n"],
  ["only comments", "/* a\n  b */\n# c", "/* a\n  b */\n# c\n"],
  [
    "comments in lists",
    "a = [ # one\n  1, # two\n  # three\n  2\n  # four\n]",
    "a = [ # one\n  1 # two\n  # three\n  2\n  # four\n]\n",
  ],
  [
    "comments after a type that stood on several lines",
    "param a: list(\n int) /* c */ = 1",
    "param a: list(int) /* c */ = 1\n",
  ],
  ["comments in empty lists", "a = [ # one\n]\nb = [/* two */]", "a = [ # one\n]\nb = [ /* two */ ]\n"],
  [
    "comments in a line",
    "a /* 1 */ = /* 2 */ [/* 3 */ 4, 5 /* 6 */]",
    "a /* 1 */ = /* 2 */ [ /* 3 */ 4, 5 /* 6 */ ]\n",
  ],
  ["comments in parentheses", "a = (1 # one\n + 2\n # two\n)", "a = (\n  1 # one\n  + 2\n  # two\n)\n"],
  ["comments in calls", "a = f(1, # one\n 2 # two\n)", "a = f(\n  1, # one\n  2 # two\n)\n"],
  ["comments in extends", "vm 1 a extends [ # one\n p # two\n] { }", "# one\n# two\nvm 1 a extends p {}\n"],
  ["comments in types", "b = 1\n\nparam a: list( # one\n int) = 1", "b = 1\n\n# one\nparam a: list(int) = 1\n"],
  ["comments in headers", "for k, # one\n v in m { }", "for k, # one\nv in m {}\n"],
];

for (const [name, text, expected] of cases) test(name, () => assert.is(format(text), expected));

test("real configurations", () => {
  const folder = join(root, "examples");
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".phx"));
  assert.ok(names.length > 0);
  for (const name of names) format(readFileSync(join(folder, name), "utf8"));
});

test("a document with errors is not printed", () => {
  assert.throws(() => print(parseText("a = = 1").document), /errors/);
  assert.throws(() => print(parseText("5 = 1").document), /errors/);
});

test("a tree that was not parsed gets the parentheses and quotes that it needs", () => {
  const at = span(sourceFile("made.json", ""), 0);
  const word = (name: string): Expr => ({ type: "word", span: at, name });
  const sum: Expr = { type: "binary", span: at, operator: "+", left: word("a"), right: word("b") };
  const product: Expr = {
    type: "binary",
    span: at,
    operator: "*",
    left: sum,
    right: { type: "unary", span: at, operator: "-", operand: sum },
  };
  const member: Expr = { type: "member", span: at, object: product, member: { span: at, text: "c" } };
  const text: Expr = { type: "string", span: at, form: "text", parts: ["no line end"] };
  const values: readonly (readonly [string, Expr])[] = [
    ["x", member],
    ["lxc.y", text],
  ];
  const items = values.map(
    ([name, value]) => ({ type: "attribute", span: at, name: { span: at, text: name }, operator: "=", value }) as const,
  );
  assert.is(print({ span: at, items, comments: [] }), 'x = ((a + b) * -(a + b)).c\n"lxc.y" = "no line end"\n');
});

test.run();
