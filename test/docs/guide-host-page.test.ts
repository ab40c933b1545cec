import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { presupposed, rehearse, standIns } from "../../src/rehearsal/index.js";
import { fences } from "../support/markdown.js";
import { root } from "../support/paths.js";
import { compileSource } from "../support/rehearsal.js";

const test = suite("docs/guide/host.md");
const page = readFileSync(join(root, "docs/guide/host.md"), "utf8");

test("its blocks are one file, which leads from a bare host to the first guest, and is quiet the second time", async () => {
  const blocks = fences(page).filter(({ language }) => language === "phx");
  assert.is(blocks.length, 3);
  const { plan, script } = await compileSource(blocks.map(({ text }) => text).join("\n"));
  const { first, guests, passed } = await rehearse(script, presupposed(plan), { twice: true, secrets: standIns(plan) });
  assert.ok(passed, first.stdout + first.stderr);
  for (const line of ["+ host: user ada", "+ host: pool tank", "+ host: storage guests"])
    assert.ok(first.stdout.split("\n").includes(line), `${line}\n${first.stdout}`);
  assert.equal(
    guests.map(({ id, running }) => [id, running]),
    [[101, true]],
  );
});

test.run();
