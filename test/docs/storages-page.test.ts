import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { storageTypes } from "../../src/plugin-api/index.js";
import { presupposed, rehearse, standIns } from "../../src/rehearsal/index.js";
import { fences } from "../support/markdown.js";
import { root } from "../support/paths.js";
import { compileSource } from "../support/rehearsal.js";
import { zfsHost } from "../support/sim.js";

const test = suite("docs/storages.md");
const page = readFileSync(join(root, "docs/storages.md"), "utf8");

test("the storages of its example are made, and the second run is quiet", async () => {
  const text = fences(page).find(({ language }) => language === "phx")?.text ?? "";
  const { plan, script } = await compileSource(text);
  const { pools, datasets } = zfsHost();
  const state = { ...presupposed(plan), pools, datasets };
  const { first, passed } = await rehearse(script, state, { twice: true, secrets: standIns(plan) });
  assert.ok(passed, first.stdout + first.stderr);
  assert.is(first.stdout.match(/^\+ host: storage /gm)?.length, 5);
});

test("its table names every type with all that it needs", () => {
  for (const [type, { fixed, mounted }] of Object.entries(storageTypes)) {
    const row = page.split("\n").find((line) => line.startsWith("|") && line.split("|")[1]?.includes(`\`${type}\``));
    assert.ok(row, type);
    for (const option of fixed) {
      if (option !== "path" || mounted !== true) assert.ok(row.includes(`\`${option}\``), `${type}: ${option}`);
    }
  }
});

test.run();
