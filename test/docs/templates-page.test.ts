import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runPage } from "../support/pages/run.js";
import { root } from "../support/paths.js";

const test = suite("docs/templates.md");
const page = "docs/templates.md";

test("it can be followed from top to bottom, and shows what its commands print", async () => {
  assert.is(await runPage(page), 9);
});

test("what it shows is a stale chain, a rebuilt one, a quiet run and the end of the old templates", () => {
  const text = readFileSync(join(root, page), "utf8");
  for (const line of [
    /^ {2}vm 901 web-base: stale: .*its source vm 900 noble-base is stale.*from it came vm 801 web-1, vm 802 web-2$/m,
    /^ {2}"id 905": "vm\.900\.build",$/m,
    /^\+ vm 911 web-base: create \(qm clone from vm 905\)$/m,
    /^\+ vm 801 web-1: create \(qm clone from vm 911\)$/m,
    /^- vm 901 web-base: destroy\n- vm 900 noble-base: destroy$/m,
  ])
    assert.match(text, line);
});

test.run();
