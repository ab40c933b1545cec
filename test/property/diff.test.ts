import { suite } from "uvu";
import * as assert from "uvu/assert";
import { unifiedDiff } from "../../src/text/diff.js";
import * as fc from "../support/property.js";

const test = suite("diff");

/** What `patch` makes of a text and the lines of a unified diff; throws where a line is not as the diff says. */
function patched(before: readonly string[], diff: readonly string[]): readonly string[] {
  const out: string[] = [];
  let at = 0;
  for (const line of diff) {
    const head = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@$/.exec(line);
    if (head !== null) {
      const start = Number(head[1]) - (head[2] === "0" ? 0 : 1);
      out.push(...before.slice(at, start));
      at = start;
      assert.is(out.length, Number(head[3]) - (head[4] === "0" ? 0 : 1), line);
    } else {
      if (!line.startsWith("+")) assert.is(before[at], line.slice(1));
      if (!line.startsWith("-")) out.push(line.slice(1));
      if (!line.startsWith("+")) at += 1;
    }
  }
  return [...out, ...before.slice(at)];
}

const lines = fc.array(fc.constantFrom("a", "b", "c", "", "-x", "+y", "@@"), { maxLength: 24 });

test("what a diff says makes the one text from the other", () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const text = (all: readonly string[]): string => all.map((line) => `${line}\n`).join("");
      assert.equal(patched(before, unifiedDiff(text(before), text(after))), after);
    }),
  );
});

test("a text that stays has no diff, and no line of it is told that is farther than three lines from a change", () => {
  fc.assert(
    fc.property(lines, (all) => {
      const text = all.map((line) => `${line}\n`).join("");
      assert.equal(unifiedDiff(text, text), []);
      const added = unifiedDiff(text, `${text}new\n`);
      assert.is(added.length, 2 + Math.min(3, all.length));
    }),
  );
});

test.run();
