import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { presupposed, rehearse, standIns } from "../../src/rehearsal/index.js";
import { fences } from "../support/markdown.js";
import { root } from "../support/paths.js";
import { compileSource } from "../support/rehearsal.js";
import { zfsHost } from "../support/sim.js";

const test = suite("docs/shares.md");
const page = readFileSync(join(root, "docs/shares.md"), "utf8");

test("its example goes through on a simulated host, and the second run is quiet", async () => {
  const text = fences(page).find(({ language }) => language === "phx")?.text ?? "";
  const { plan, script } = await compileSource(text);
  const { pools, datasets } = zfsHost();
  const state = { ...presupposed(plan), pools, datasets };
  const { first, second, passed } = await rehearse(script, state, { twice: true, secrets: standIns(plan) });
  assert.ok(passed, `${first.stdout}${first.stderr}${second?.stdout ?? ""}`);
});

test("its table names the files that a plan writes", async () => {
  const text = fences(page).find(({ language }) => language === "phx")?.text ?? "";
  const { plan } = await compileSource(text);
  for (const { probe, resource } of plan.steps) {
    if (probe.kind !== "file") continue;
    const path = probe.path.replace(resource.slice(resource.indexOf(".") + 1), "NAME");
    assert.ok(page.includes(`\`${path}\``), path);
  }
});

test.run();
