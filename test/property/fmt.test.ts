import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "../support/property.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { print } from "../../src/syntax/printer.js";
import type { Document, Expr, Item, Name } from "../../src/syntax/ast.js";
import { sourceFile, span } from "../../src/text/source.js";
import { root } from "../support/paths.js";
import { meaning, parseText } from "../support/phx.js";

const test = suite("fmt properties");
const runs = process.env["PHXC_DEEP"] === "1" ? 5000 : 200;

const at = span(sourceFile("made.json", ""), 0);
/** Both texts are shown: fast-check keeps the message alone. */
function same(actual: string, expected: string): void {
  if (actual !== expected) throw new Error(`expected\n${expected}\nbut got\n${actual}`);
}

const words = fc.constantFrom("a", "docker-1", "tank/data", "true", "absent", "self", "in", "let", "x_1");
const literals = fc.constantFrom<Expr>(
  { type: "literal", span: at, kind: "int", text: "42", value: 42 },
  { type: "literal", span: at, kind: "size", text: "8GiB", value: 8589934592 },
  { type: "literal", span: at, kind: "ipv4", text: "10.0.0.1" },
  { type: "literal", span: at, kind: "ipv6", text: "fe80::1" },
  { type: "literal", span: at, kind: "text", text: "0755" },
);
const pieces = fc.stringMatching(/^[ -~\n\t\u00e9\u{1f600}\u200b$\\"'{}]{0,12}$/u);

const name = words.map((text): Name => ({ span: at, text }));
const key = fc.oneof(
  fc.constantFrom("cores", "memory", "import").map((text): Name => ({ span: at, text })),
  pieces.map((text): Name => ({ span: at, text, quoted: true })),
);

const within = (inner: Expr): Expr => ({ type: "paren", span: at, inner });

/** A text ends its line: where the line must go on, it stands in parentheses. */
function branch(expr: Expr): Expr {
  return expr.type === "string" && expr.form !== "line" ? within(expr) : expr;
}

/** Puts parentheses around what an operand's place would not take without. */
function operand(expr: Expr): Expr {
  return ["binary", "conditional", "unary"].includes(expr.type) ? within(expr) : branch(expr);
}

/** Neighbouring texts as one, as the parser makes them. */
function parts(list: readonly (string | Expr)[]): (string | Expr)[] {
  const merged: (string | Expr)[] = [];
  for (const part of list) {
    const last = merged.at(-1);
    if (typeof part === "string" && typeof last === "string") merged[merged.length - 1] = last + part;
    else if (part !== "") merged.push(part);
  }
  return merged;
}

const inLine = fc.oneof(
  words.map((text): Expr => ({ type: "word", span: at, name: text })),
  literals,
  pieces.map((text): Expr => ({ type: "string", span: at, form: "line", parts: parts([text]) })),
);

const expr = fc.letrec<{ expr: Expr; items: readonly Item[] }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    inLine,
    fc
      .array(fc.oneof(pieces, inLine), { maxLength: 4 })
      .map((list): Expr => ({ type: "string", span: at, form: "line", parts: parts(list) })),
    fc
      .array(fc.oneof(pieces, inLine), { maxLength: 4 })
      .map((list): Expr => ({ type: "string", span: at, form: "text", parts: parts([...list, "\n"]) })),
    pieces
      .filter((text) => !text.includes("'''"))
      .map((text): Expr => ({ type: "string", span: at, form: "raw", parts: parts([`${text}\n`]) })),
    fc.array(tie("expr"), { maxLength: 3 }).map((items): Expr => ({ type: "list", span: at, items })),
    fc.array(fc.tuple(key, tie("expr")), { maxLength: 3 }).map((entries): Expr => ({
      type: "map",
      span: at,
      entries: entries.map(([name, value]) => ({ type: "attribute", span: at, name, operator: "=", value })),
    })),
    fc
      .tuple(fc.constantFrom("!" as const, "-" as const), tie("expr"))
      .map(([operator, inner]): Expr => ({ type: "unary", span: at, operator, operand: operand(inner) })),
    fc
      .tuple(fc.constantFrom("||", "&&", "==", "<=", "..", "+", "-", "*", "/", "%"), tie("expr"), tie("expr"))
      .map(([operator, left, right]): Expr => ({
        type: "binary",
        span: at,
        operator: operator as "+",
        left: operand(left),
        right: operand(right),
      })),
    fc.tuple(tie("expr"), tie("expr"), tie("expr")).map(([condition, then, otherwise]): Expr => ({
      type: "conditional",
      span: at,
      condition: operand(condition),
      then: branch(then),
      otherwise: branch(otherwise),
    })),
    fc
      .tuple(tie("expr"), name)
      .map(([object, member]): Expr => ({ type: "member", span: at, object: operand(object), member })),
    fc
      .tuple(tie("expr"), tie("expr"))
      .map(([object, index]): Expr => ({ type: "index", span: at, object: operand(object), index: branch(index) })),
    fc
      .tuple(name, fc.array(tie("expr"), { maxLength: 3 }))
      .map(([callee, args]): Expr => ({ type: "call", span: at, callee, args })),
  ),
  items: fc.array(
    fc.oneof(
      { maxDepth: 2, depthSize: "small" },
      fc
        .tuple(key, fc.constantFrom("=" as const, "+=" as const), tie("expr"))
        .map(([name, operator, value]): Item => ({ type: "attribute", span: at, name, operator, value })),
      tie("expr").map((value): Item => ({ type: "let", span: at, name: { span: at, text: "x" }, value })),
      fc.tuple(tie("expr"), tie("expr"), tie("items")).map(([arg, when, items]): Item => ({
        type: "block",
        span: at,
        kind: { span: at, text: "vm" },
        args: [{ type: "paren", span: at, inner: arg }],
        extends: [{ span: at, text: "p" }],
        when: { type: "paren", span: at, inner: when },
        body: { span: at, items },
      })),
      fc
        .tuple(
          name.filter(({ text }) => text !== "let"),
          tie("expr"),
          tie("items"),
        )
        .map(([loop, over, items]): Item => ({
          type: "for",
          span: at,
          names: [{ span: at, text: loop.text === "a" ? "a" : "b" }],
          over: { type: "paren", span: at, inner: over },
          body: { span: at, items },
        })),
    ),
    { maxLength: 4 },
  ),
}));

test("a printed tree is read as the same tree", () => {
  fc.assert(
    fc.property(expr.items, (items) => {
      const document: Document = { span: at, items, comments: [] };
      const printed = print(document);
      const { document: again, diagnostics } = parseText(printed);
      same(diagnostics.map(({ message }) => message + printed).join(), "");
      same(meaning(again), meaning(document));
      same(print(again), printed);
    }),
    { numRuns: runs, includeErrorInReport: true },
  );
});

const sources = ["parser/sample.phx", "parser/comments.phx"].map((name) =>
  readFileSync(join(root, "test/golden", name), "utf8"),
);
const fillers = fc.constantFrom(
  " ",
  "  ",
  "\n",
  "\n\n\n",
  " # c\n",
  " // c\n",
  " /* c */ ",
  "/*\n c */",
  "\n# c\n",
  ",\n",
  "\t",
  "(",
  ")",
  "\r\n",
);

/** Sources with white space and comments put between their tokens; only those that are still right count. */
const spaced = fc
  .tuple(fc.constantFrom(...sources), fc.array(fc.tuple(fc.nat(3000), fillers), { minLength: 1, maxLength: 12 }))
  .map(([source, edits]) => {
    const tokens = source.split(/(?<=[\s(){}[\],=])/);
    for (const [place, filler] of edits) tokens.splice(place % (tokens.length + 1), 0, filler);
    return tokens.join("");
  });

const commentsOf = (document: Document): readonly string[] =>
  document.comments.map(({ text }) => text.replace(/\r\n?/g, "\n").replace(/[ \t]+(?=\n|$)/g, "")).sort();

test("formatting keeps the meaning and every comment, and is done the first time", () => {
  let formatted = 0;
  fc.assert(
    fc.property(spaced, (source) => {
      const { document, diagnostics } = parseText(source);
      if (diagnostics.length > 0) return;
      formatted++;
      const printed = print(document);
      const again = parseText(printed);
      same(again.diagnostics.map(({ message }) => message + printed).join(), "");
      same(meaning(again.document), meaning(document));
      assert.equal(commentsOf(again.document), commentsOf(document));
      same(print(again.document), printed);
    }),
    { numRuns: runs * 3, includeErrorInReport: true },
  );
  assert.ok(formatted > runs / 20, `only ${formatted} of the sources were right`);
});

test.run();
