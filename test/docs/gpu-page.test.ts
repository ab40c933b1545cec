import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { presupposed, rehearse } from "../../src/rehearsal/index.js";
import { compileSource } from "../support/rehearsal.js";

const test = suite("docs/gpu.md");

const page = readFileSync("docs/gpu.md", "utf8");
const examples = [...page.matchAll(/^```phx\n(.*?)^```/gms)].map(([, source]) => source ?? "");

test("its examples run through the restart, and have nothing to do afterwards", async () => {
  assert.is(examples.length, 2);
  for (const example of examples) {
    const { plan, script } = await compileSource(example);
    const { passed, first } = await rehearse(script, presupposed(plan), { twice: true });
    assert.ok(passed, first.stdout + first.stderr);
  }
});

test("the message is the one that a run prints", async () => {
  const { plan, script } = await compileSource('host pve1 { passthrough { ids = ["10de:2684"] } }');
  const { first } = await rehearse(script, presupposed(plan), { twice: false });
  const [said = ""] = /^Restart needed: .*\n.*$/m.exec(first.stdout.replaceAll("0000:80:00.0", "0000:01:00.0")) ?? [];
  assert.ok(page.includes(`${said}\n\`\`\``), said);
});

test.run();
