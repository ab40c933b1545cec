import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findings, parseText, treeOf } from "../support/phx.js";
import { hasErrors } from "../../src/syntax/visit.js";

const test = suite("parser-structure");

const trees: readonly (readonly [string, string])[] = [
  ["", ""],
  ["\uFEFF# only a comment\r\n\r\n", ""],
  ['import "net.phx"', '(import (line "net.phx"))'],
  ["param a", "(param a)"],
  ["param a: list(int) = [1]", "(param a {name:list,of:{name:int}} [int:1=1])"],
  ["param a = 1 # c\nlet b = 2", "(param a int:1=1)\n(let b int:2=2)"],
  ['assert x "no"', '(assert x (line "no"))'],
  ["for x in xs { }", "(for x xs {})"],
  ["for k, v in { a = 1 } { b = v }", "(for k v (map (= a int:1=1)) {\n  (= b v)})"],
  ["a = 1, b += 2,\nc = 3", "(= a int:1=1)\n(+= b int:2=2)\n(= c int:3=3)"],
  ["import = 1\nparam = 2, for = 3", "(= import int:1=1)\n(= param int:2=2)\n(= for int:3=3)"],
  ["agent", "(block agent)"],
  ["vm 9000 web-1 { }", "(block vm int:9000=9000 web-1 {})"],
  ['vm (8000 + n) "w-${n}"', '(block vm (paren (+ int:8000=8000 n)) (line "w-" n))'],
  ["in accept tcp [80, 443] from 1..9", "(block in accept tcp [int:80=80 int:443=443] from (.. int:1=1 int:9=9))"],
  ["vm 1 a extends p { }", "(block vm int:1=1 a extends(p) {})"],
  ["vm 1 a extends [p, q] when x == 1 { }", "(block vm int:1=1 a extends(p q) when (== x int:1=1) {})"],
  ["dataset tank/data { mountpoint = none }", "(block dataset tank/data {\n  (= mountpoint none)})"],
  ["a = [\n  1\n  2, 3,\n\n  4\n]", "(= a [int:1=1 int:2=2 int:3=3 int:4=4])"],
  ["a = (1\n  + 2\n)", "(= a (paren (+ int:1=1 int:2=2)))"],
  ["a = f(1,\n 2\n)", "(= a (call f int:1=1 int:2=2))"],
  ["a = [[], {}, f()]", "(= a [[] (map ) (call f)])"],
  ["a = 1 || 2 && 3 == 4 < 5", "(= a (|| int:1=1 (&& int:2=2 (== int:3=3 (< int:4=4 int:5=5)))))"],
  ["a = 1 - 2 - 3 * 4 % 5", "(= a (- (- int:1=1 int:2=2) (% (* int:3=3 int:4=4) int:5=5)))"],
  ["a = 1 < 2..3 + 4", "(= a (< int:1=1 (.. int:2=2 (+ int:3=3 int:4=4))))"],
  ["a = -b.c[d - 1]", "(= a (- (index (. b c) (- d int:1=1))))"],
  ["a = !!x", "(= a (! (! x)))"],
  ["a = b ? c : d ? e : f", "(= a (? b c (? d e f)))"],
  ["a = b ? c ? 1 : 2 : 3", "(= a (? b (? c int:1=1 int:2=2) int:3=3))"],
  ["a = n-1\nb = n/2", "(= a n-1)\n(= b n/2)"],
  ["a = self.id-8000", "(= a (. self id-8000))"],
];

for (const [text, expected] of trees) {
  test(JSON.stringify(text), () => assert.is(treeOf(text), expected));
}

const mistakes: readonly (readonly [string, readonly string[]])[] = [
  // A line goes on only inside parentheses.
  ["a = b +\n  c", ["PHX1002 1:8"]],
  ["a = [b +\n  c]", ["PHX1002 1:9"]],
  ["a =\nb = \nc", ["PHX1002 1:4", "PHX1002 2:4"]],
  ["a = = 1", ["PHX1002 1:5"]],
  ["a = 1 2", ["PHX1001 1:7"]],
  ["a = b and c", ["PHX1001 1:7"]],
  ["= 1\n5 = 6\n+ - *", ["PHX1001 1:1", "PHX1001 2:1", "PHX1001 3:1"]],
  ["import net\nimport net.phx\nimport ./x\nimport", ["PHX1013 1:8", "PHX1013 2:8", "PHX1013 3:8", "PHX1002 4:7"]],
  ["let = \nlet x\nlet 5 = 6", ["PHX1002 1:6", "PHX1002 2:6", "PHX1002 3:5"]],
  ["param x: = 3", ["PHX1002 1:10"]],
  ["assert x", ["PHX1002 1:9"]],
  ["for x xs { }\nfor x in xs\nfor in { }", ["PHX1002 1:7", "PHX1002 2:12", "PHX1019 3:5", "PHX1002 3:8"]],
  ["a = (b).(c)", ["PHX1002 1:9"]],
  ["a == 1", ["PHX1001 1:3"]],
  ["a b = 1", ["PHX1001 1:5"]],
  ["a = b ; c = d\ne = @f", ["PHX1003 1:7", "PHX1003 2:5"]],
  ["a = b & c\nd = e | f", ["PHX1003 1:7", "PHX1003 2:7"]],
  ["naïve = 1", ["PHX1003 1:3"]],
  ["ct 1 a {\n  x = 1\n\nct 2 b {\n}", ["PHX1010 1:8"]],
  ["ct 1 a {\n  boot {\n    x = 1\n}\n\nct 2 b {\n}", ["PHX1010 2:8"]],
  ["ct 1 a {\n  boot {", ["PHX1010 2:8"]],
  ["ct 1 a { }\n}\nct 2 b { } }", ["PHX1011 2:1", "PHX1011 3:12"]],
  ["a = 1)\nb = 2]", ["PHX1011 1:6", "PHX1011 2:6"]],
  ["a = [1, 2)\nb = f(1]", ["PHX1011 1:10", "PHX1011 2:8"]],
  ["ct 1 a {\n  x = [1, 2}\n}", ["PHX1011 2:12"]],
  ["a = [1, 2\nb = 3\nc = (4\nd = 5", ["PHX1012 1:5", "PHX1012 3:5"]],
  ["ct 1 a { x = [1 }", ["PHX1012 1:14"]],
  ["a = [\n  1\nvm 2 b { }", ["PHX1012 1:5"]],
  ["a = ((1", ["PHX1012 1:6"]],
  ["a = http://x.y/z?q=1", ["PHX1013 1:5"]],
  ["mount /mnt/pve { at = /data }\nx = ./a, y = ~/b", ["PHX1013 1:7", "PHX1013 1:23", "PHX1013 2:5", "PHX1013 2:14"]],
  ["image = local:vztmpl/a.tar.zst", ["PHX1013 1:9"]],
  ["lxc.cap.keep = 1\na = vmbr0.100", ["PHX1013 1:1", "PHX1013 2:5"]],
  ["a = 8/2\nb = n%2", ["PHX1016 1:5", "PHX1016 2:5"]],
  ['a: 1\n b : 2\n"c":3', ["PHX1017 1:2", "PHX1017 2:4", "PHX1017 3:4"]],
  ["a = 1 < 2 < 3\nb = 1 == 2 != 3\nc = 1..2..3", ["PHX1018 1:11", "PHX1018 2:12", "PHX1018 3:9"]],
  [
    "let self = 1\nparam in: int\nfor dhcp, absent in x { }",
    ["PHX1019 1:5", "PHX1019 2:7", "PHX1019 3:5", "PHX1019 3:11"],
  ],
  ["a = 1 b = 2\nct 1 a { x = 1 boot { } }\nc = [a b]", ["PHX1020 1:7", "PHX1020 2:16", "PHX1020 3:8"]],
  [", a = 1\nb = [1,, 2]\nc = 1\n, d = 2", ["PHX1021 1:1", "PHX1021 2:8", "PHX1021 4:1"]],
  ["ct 1 a\n{\n  x = 1\n}", ["PHX1022 2:1"]],
  ["{ a = 1 }", ["PHX1001 1:1"]],
  ["vm 1 a: { b = 1 }\nvm 2 b = { c = 1 }\nvm 3 c:", ["PHX1001 1:7", "PHX1001 2:8", "PHX1001 3:7"]],
  ["a:\n  b: 1", ["PHX1002 1:3", "PHX1017 2:4"]],
  ['"vm" "100" { }\n"a" { }', ["PHX1002 1:6", "PHX1002 2:5"]],
  ["a = { b { } }\nc = { d = 1, for x in y { } }", ["PHX1023 1:7", "PHX1023 2:14"]],
  ['ct 1 a {\n  param x\n  import "y"\n}', ["PHX1025 2:3", "PHX1025 3:3"]],
  ["a = b.c(1)\nd = (e)(f)\ng = 8(1)", ["PHX1026 1:5", "PHX1026 2:5", "PHX1026 3:5"]],
  ["a = 8 GiB\nb = 5 s\nc = 1.5 TB", ["PHX1028 1:5", "PHX1028 2:5", "PHX1028 3:5"]],
  ["in accept from docker-1.ip\nvm 1 + n a { x = 1 }", ["PHX1029 1:24", "PHX1029 2:6"]],
  ["a = 1\n/* b", ["PHX1030 2:1"]],
  ["ct 1 a extends [p, 3] { }\nct 2 b extends 5 { }", ["PHX1031 1:20", "PHX1002 2:16"]],
  ["ct 1 a when x extends p { }\nwhen y { }", ["PHX1001 1:15", "PHX1001 2:1"]],
];

for (const [text, expected] of mistakes) test(JSON.stringify(text), () => assert.equal(findings(text), expected));

/** The text after the fixes of its findings. */
function mended(text: string): string {
  const fixes = parseText(text).diagnostics.flatMap(({ fix }) => (fix === undefined ? [] : [fix]));
  return fixes
    .toReversed()
    .reduce((all, { span, replacement }) => all.slice(0, span.start) + replacement + all.slice(span.end), text);
}

test("a conditional without spaces around its colon", () => {
  assert.match(parseText("a = b ? 1:2").diagnostics[0]?.message ?? "", "the `:` of `? :` has spaces around it");
});

test("the fixes of signs that are too many or missing", () => {
  assert.is(mended("vm 1 a: { }\nvm 2 b ={ }"), "vm 1 a { }\nvm 2 b { }");
  assert.is(mended("param a int = 5"), "param a: int = 5");
  assert.is(mended("import net.phx"), 'import "net.phx"');
});

test("what follows a mistake is still read", () => {
  const text = "ct 1 a {\n  x = = 2\n  y = 3\n  boot { start = }\n}\nct 2 b { z = [1, = , 2], w = 4 }";
  const { document, diagnostics } = parseText(text);
  assert.is(diagnostics.length, 3);
  const bodies = document.items.map((item) =>
    item.type === "block" ? item.body?.items.map((inner) => inner.type) : [],
  );
  assert.equal(bodies, [
    ["attribute", "attribute", "block"],
    ["attribute", "attribute"],
  ]);
  assert.ok(hasErrors(document));
});

test("a block keeps its body although its header is wrong", () => {
  const { document } = parseText("vm 8000 + n web { cores = 4 }");
  const [block] = document.items;
  assert.is(block?.type === "block" ? block.body?.items.length : undefined, 1);
});

test("a missing brace does not swallow the blocks after it", () => {
  const { document } = parseText("ct 1 a {\n  x = 1\n\nct 2 b {\n}\nct 3 c {\n}");
  assert.is(document.items.length, 3);
});

test("a missing brace names the block at the margin", () => {
  const [finding] = parseText("ct 1 a {\n  x = 1\n\nct 2 b {\n}").diagnostics;
  assert.match(finding?.message ?? "", "`ct 1 a`");
  assert.is(finding?.related[0]?.span.start, 18);
});

test("comments are kept with their places", () => {
  const text = "# one\na = 1 // two\n/* three\n */ b = [ # four\n]";
  const { document } = parseText(text);
  assert.equal(
    document.comments.map((comment) => comment.text),
    ["# one", "// two", "/* three\n */", "# four"],
  );
  for (const { span, text: comment } of document.comments) assert.is(text.slice(span.start, span.end), comment);
});

test("spans cover what they say", () => {
  const text = "ct 1 a when b { x = (1 + 2) }";
  const [block] = parseText(text).document.items;
  const body = block?.type === "block" ? block.body : undefined;
  const attribute = body?.items[0];
  const spans = [block?.span, body?.span, attribute?.span].map((at) => text.slice(at?.start, at?.end));
  assert.equal(spans, [text, "{ x = (1 + 2) }", "x = (1 + 2)"]);
});

test.run();
