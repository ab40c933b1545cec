import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { presupposed, rehearse } from "../../src/rehearsal/index.js";
import { fences } from "../support/markdown.js";
import { root } from "../support/paths.js";
import { compileProject } from "../support/rehearsal.js";

const test = suite("docs/snapshots.md");
const text = readFileSync(join(root, "docs/snapshots.md"), "utf8");
const source = fences(text).find(({ language }) => language === "phx")?.text ?? "";

test("its example takes the snapshots at the moments that the page names, and the second run none", async () => {
  const { plan, script } = await compileProject({ "main.phx": source });
  const { first, passed } = await rehearse(script, presupposed(plan), { twice: true });
  assert.ok(passed, first.stdout + first.stderr);
  const lines = first.commands.filter(({ mutating }) => mutating).map(({ argv }) => argv.slice(0, 4).join(" "));
  const ofMachine = lines.filter((line) => /^qm (start|snapshot)/.test(line));
  assert.equal(ofMachine, ["qm snapshot 100 pre-features", "qm start 100", "qm snapshot 100 final-form-1"]);
  const ofContainer = lines.filter((line) => /^pct (start|exec|shutdown|snapshot)/.test(line));
  assert.equal(ofContainer.slice(-3), [
    "pct shutdown 101 --forceStop",
    "pct snapshot 101 pre-configured",
    "pct snapshot 101 before-upgrade",
  ]);
});

test.run();
