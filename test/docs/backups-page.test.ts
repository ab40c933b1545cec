import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compileSource, mutating, withEmptyHost } from "../support/rehearsal.js";

const test = suite("docs/backups.md");

const page = readFileSync("docs/backups.md", "utf8");
const examples = [...page.matchAll(/^```phx\n(.*?)^```/gms)].map(([, source]) => source ?? "");

for (const [index, source] of examples.entries()) {
  test(`example ${index + 1} runs to the end, and has nothing to do the second time`, async () => {
    const { plan, script } = await compileSource(source);
    await withEmptyHost(plan, async (host) => {
      const first = await host.runScript(script, []);
      assert.is(first.code, 0, first.stdout + first.stderr);
      const second = await host.runScript(script, []);
      assert.equal([second.code, mutating(second)], [0, []], second.stdout);
    });
  });
}

test("there are examples", () => assert.is(examples.length, 2));

test.run();
