import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { presupposed, rehearse } from "../../src/rehearsal/index.js";
import { fences } from "../support/markdown.js";
import { root } from "../support/paths.js";
import { compileProject } from "../support/rehearsal.js";

const test = suite("docs/health.md");
const blocks = fences(readFileSync(join(root, "docs/health.md"), "utf8"));
const textOf = (wanted: string): string => blocks.find(({ language }) => language === wanted)?.text ?? "";

test("the checks of its example pass on a simulated host, and the second run asks none", async () => {
  const files = { "main.phx": textOf("phx"), "scripts/check_orders.sh": "#!/bin/sh\ntrue\n" };
  const { plan, script } = await compileProject(files);
  assert.is(plan.steps.filter(({ probe }) => probe.kind === "check").length, 7);
  const { first, passed } = await rehearse(script, presupposed(plan), { twice: true });
  assert.ok(passed, first.stdout + first.stderr);
  assert.is(first.stdout.match(/check \w+ passed/g)?.length, 7);
});

test("its report is JSON, with the counts of its checks", () => {
  const { passed, failed, checks } = JSON.parse(textOf("json")) as {
    readonly passed: number;
    readonly failed: number;
    readonly checks: readonly { readonly result: string }[];
  };
  assert.equal(
    [passed, failed],
    ["passed", "failed"].map((word) => checks.filter(({ result }) => result === word).length),
  );
});

test.run();
