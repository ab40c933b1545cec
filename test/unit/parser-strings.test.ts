import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findings, parseText, treeOf } from "../support/phx.js";
import type { Expr } from "../../src/syntax/ast.js";

const test = suite("parser-strings");

const trees: readonly (readonly [string, string])[] = [
  ['a = ""', "(= a (line))"],
  ['a = "x y"', '(= a (line "x y"))'],
  [String.raw`a = "\n\t\"\\\$\u{1f600}\u{41}"`, String.raw`(= a (line "\n\t\"\\$😀A"))`],
  ['a = "${x}"', "(= a (line x))"],
  ['a = "1${x}2${y.z}3"', '(= a (line "1" x "2" (. y z) "3"))'],
  [String.raw`a = "\${x} $ $x $$"`, '(= a (line "${x} $ $x $$"))'],
  ['a = "${join(["a", "b"], ",")}"', '(= a (line (call join [(line "a") (line "b")] (line ","))))'],
  ['a = "${"${"x"}"}"', '(= a (line (line (line "x"))))'],
  ['a = "# no comment // either /* really */"', '(= a (line "# no comment // either /* really */"))'],
  ['a = """\n"""', "(= a (text))"],
  ['a = """\n  one\n    two\n  """', '(= a (text "one\\n  two\\n"))'],
  ['a = """  \n\tone\n\t"""  ', '(= a (text "one\\n"))'],
  ['a = """\n  one\n\n   \n  two\n  """', '(= a (text "one\\n\\n \\ntwo\\n"))'],
  ['a = """\r\n  one\r\n  two\r\n  """\r\nb = 1', '(= a (text "one\\ntwo\\n"))\n(= b int:1=1)'],
  ['a = """\n  ${x} and ${y}\n  ${z}\n  """', '(= a (text x " and " y "\\n" z "\\n"))'],
  ['a = """\n${x}\n"""', '(= a (text x "\\n"))'],
  ['a = """\n  "" \\""" "quoted"\n  """', '(= a (text "\\"\\" \\"\\"\\" \\"quoted\\"\\n"))'],
  ["a = '''\n  \\n ${x} \"\n  '''", '(= a (raw "\\\\n ${x} \\"\\n"))'],
  ["a = '''\n\n'''", '(= a (raw "\\n"))'],
  ["a = f('''\n x\n '''\n, 2)", '(= a (call f (raw "x\\n") int:2=2))'],
  ['"lxc.cap.keep" = "x"', '(= "lxc.cap.keep" (line "x"))'],
];

for (const [text, expected] of trees) test(JSON.stringify(text), () => assert.is(treeOf(text), expected));

const mistakes: readonly (readonly [string, readonly string[]])[] = [
  ['a = "x', ["PHX1004 1:5"]],
  ['a = "x\nb = "y\nc = "z"', ["PHX1004 1:5", "PHX1004 2:5"]],
  ['a = "x ${y"\nb = 1', ["PHX1004 1:5"]],
  ['a = "x \\"', ["PHX1004 1:5"]],
  // What the quote swallowed at the end of its line still counts as brackets.
  ['ct 1 a { description = "x }\nct 2 b { }', ["PHX1004 1:24"]],
  ['ct 1 "a {\n cores = 1\n}\nct 2 b { }', ["PHX1004 1:6"]],
  ['a = ["x, 1]\nb = 1', ["PHX1004 1:6"]],
  ['a = """\n x\nb = 1', ["PHX1005 1:5"]],
  ["ct 1 a {\n b = f('''\n x", ["PHX1005 2:8"]],
  ['a = """ x\n  """', ["PHX1006 1:9"]],
  ['a = """x"""\nb = 1', ["PHX1006 1:5"]],
  ["a = '''x'''", ["PHX1006 1:5"]],
  ["a = 'x'\nb = 'y'", ["PHX1007 1:5", "PHX1007 2:5"]],
  [String.raw`a = "\q \x"`, ["PHX1008 1:6", "PHX1008 1:9"]],
  [String.raw`a = "\u{110000} \u{d800} \u{} \u{zz}"`, ["PHX1008 1:6", "PHX1008 1:17", "PHX1008 1:26", "PHX1008 1:31"]],
  ['a = """\n \\q\n """', ["PHX1008 2:2"]],
  ['a = """\n x\n  y\n  """', ["PHX1009 2:1"]],
  ['a = """\n${x}\n  """', ["PHX1009 2:1"]],
  ['a = """\n\tx\n  """', ["PHX1009 2:1"]],
  ["a = '''\nx\n  '''", ["PHX1009 2:1"]],
  ['a = """\n  ${x\n  """\nb = ', ["PHX1004 2:3", "PHX1002 4:4"]],
  ['a = "${ {x = 1} }"', ["PHX1027 1:9"]],
  ['a = "${}"', ["PHX1002 1:8"]],
  ['a = "${x y}"', ["PHX1001 1:10"]],
  ['a = "${x # y}"', ["PHX1003 1:10"]],
  ['"a${b}" = 1', ["PHX1024 1:1"]],
  ['import "a${b}"', ["PHX1024 1:8"]],
  ["a = “x”", ["PHX1003 1:5"]],
];

for (const [text, expected] of mistakes) test(JSON.stringify(text), () => assert.equal(findings(text), expected));

test("interpolations stand where they are in the file", () => {
  const text = 'ct 1 a {\n  b = "x ${self.id} y"\n}';
  const spans: string[] = [];
  const collect = (expr: Expr): void => {
    spans.push(text.slice(expr.span.start, expr.span.end));
    if (expr.type === "string") for (const part of expr.parts) if (typeof part !== "string") collect(part);
    if (expr.type === "member") collect(expr.object);
  };
  const [block] = parseText(text).document.items;
  const attribute = block?.type === "block" ? block.body?.items[0] : undefined;
  if (attribute?.type === "attribute") collect(attribute.value);
  assert.equal(spans, ['"x ${self.id} y"', "self.id", "self"]);
});

test("a single-quoted string is read as what its fix makes of it", () => {
  const { document, diagnostics } = parseText("a = 'say \"hi\" ${x}'");
  const fix = diagnostics[0]?.fix?.replacement;
  assert.is(fix, '"say \\"hi\\" \\${x}"');
  assert.is(treeOf(`a = ${fix}`), '(= a (line "say \\"hi\\" ${x}"))');
  assert.is(document.items[0]?.type, "attribute");
});

test("an unclosed text names the line that was meant to close it", () => {
  const [finding] = parseText('a = """\n  x\n  """ # done').diagnostics;
  assert.is(finding?.code, "PHX1005");
  assert.is(finding?.related[0]?.span.start, 14);
});

test.run();
