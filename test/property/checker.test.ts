import * as fc from "../support/property.js";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkText } from "../support/check.js";
import { root } from "../support/paths.js";

const test = suite("checker properties");

const folder = join(root, "test/golden/checker");
const sources = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
/** What damaged files are made of: pieces of real ones, and what upsets evaluators. */
const pieces = [
  ...new Set(sources.flatMap((text) => text.match(/[\w.${}"'-]+|\n|[^\w\s]/g) ?? [])),
  ...["self", "self.x", "absent", "1..9999999", "[[[]]]", "9007199254740991", "0.1", "-1", "__proto__", "constructor"],
  ...["for x in [1, 2] {", "}", "let a = a", "extends [a, a]", "+=", "?", ":", "!", "secret(", "has(self.a.b)"],
];

const damaged = fc
  .tuple(
    fc.constantFrom(...sources),
    fc.array(fc.tuple(fc.nat(4000), fc.nat(12), fc.constantFrom(...pieces)), { minLength: 1, maxLength: 8 }),
  )
  .map(([text, edits]) =>
    edits.reduce((now, [at, length, piece]) => {
      const start = at % (now.length + 1);
      return `${now.slice(0, start)}${piece}${now.slice(start + length)}`;
    }, text),
  );

test("damaged files give findings inside of them, never an exception, always the same", () => {
  fc.assert(
    fc.property(damaged, (text) => {
      const first = checkText(text);
      for (const { span, message } of first.findings) {
        assert.ok(span.start >= 0 && span.start <= span.end && span.end <= text.length);
        assert.not.match(message, /\[object|undefined|NaN/);
      }
      const again = checkText(text);
      assert.equal(
        again.findings.map(({ message }) => message),
        first.findings.map(({ message }) => message),
      );
    }),
    { numRuns: 150 },
  );
});

test.run();
