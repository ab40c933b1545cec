import * as fc from "../support/property.js";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { maskSecrets } from "../../src/json/secrets.js";
import { type JsonNode, parseHiding, parseJson } from "../../src/json/tree.js";
import { sourceFile } from "../../src/text/source.js";

/** Valid files have their secrets hidden while they are read, others by their tokens: both must come to the same. */
const test = suite("json hiding properties");

const name = fc.constantFrom("name", "value", "password", "api_key", "token_file", "memory", "pass\u0077ord", "a\\b");
const scalar = fc.oneof(
  fc.constantFrom<string | number | boolean | null>("DB_PASS", "geheim", "", "env:X", 'say "hi"', "*", null, true),
  fc.integer({ min: -99, max: 99 }),
);
const { value } = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, scalar, fc.array(tie("value"), { maxLength: 3 }), tie("object")),
  object: fc.dictionary(name, tie("value"), { maxKeys: 4 }),
}));

/** How a value is spelled: by the platform, or with escapes that hide what the names are. */
const spell = fc.constantFrom(
  (text: string) => text,
  (text: string) => text.replaceAll("pass", "\\u0070ass"),
  (text: string) => `\uFEFF${text}`,
);

function plain(node: JsonNode | undefined): unknown {
  if (node === undefined) return undefined;
  const { start, end } = node.span;
  if (node.type === "array") return [start, end, node.items.map(plain)];
  if (node.type !== "object") return [start, end, node.type === "null" ? null : node.value];
  return [
    start,
    end,
    [...node.members.values()].map((member) => [member.name, member.nameSpan.start, plain(member.value)]),
  ];
}

test("the secrets of a valid file are those that its tokens show", () => {
  fc.assert(
    fc.property(fc.dictionary(name, value, { maxKeys: 5 }), fc.constantFrom(0, 2), spell, (fields, indent, spelled) => {
      const file = sourceFile("a.json", spelled(JSON.stringify(fields, null, indent)));
      const shown = parseHiding(file, () => {});
      const masked = maskSecrets(file);
      assert.is(shown.file.text, masked.file.text);
      assert.equal(
        shown.secrets.map((secret) => [secret.name, secret.span.start, secret.span.end]),
        masked.secrets.map((secret) => [secret.name, secret.span.start, secret.span.end]),
      );
      assert.equal(plain(shown.tree), plain(parseJson(masked.file, () => {})));
    }),
  );
});

test("a name that is given twice, brackets without end and broken text hide nothing less", () => {
  const hides = (text: string): void => {
    const shown = parseHiding(sourceFile("a.json", text), () => {});
    assert.not.match(shown.file.text, "geheim");
    assert.not.match(JSON.stringify(plain(shown.tree) ?? ""), "geheim");
    assert.is(shown.secrets.length, 1);
  };
  hides('{ "password": "geheim" }');
  hides('{ "name": "DB_PASS", "value": "geheim" }');
  hides('{ "memory": 1, "memory": 2, "password": "geheim" }');
  hides('{ "name": "x", "name": "DB_PASS", "value": "geheim" }');
  hides(`{ "a": ${"[".repeat(200)}${"]".repeat(200)}, "password": "geheim" }`);
  hides('{ "password": "geheim", }');
  hides('{ "password": "geheim');
});

test("numbers stay numbers, and what only names the place of a secret is shown", () => {
  const shown = parseHiding(
    sourceFile("a.json", '{ "api_key": -12, "password": "env:X", "token_file": "t" }'),
    () => {},
  );
  assert.is(shown.file.text, '{ "api_key": 111, "password": "env:X", "token_file": "t" }');
  assert.equal(
    shown.secrets.map((secret) => secret.name),
    ["api_key"],
  );
});

test.run();
