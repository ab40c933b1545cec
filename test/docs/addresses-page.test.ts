import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { presupposed, rehearse } from "../../src/rehearsal/index.js";
import { inFolder } from "../support/folder.js";
import { fences } from "../support/markdown.js";
import { root } from "../support/paths.js";
import { compileProject } from "../support/rehearsal.js";
import { runCli } from "../support/terminal.js";

const test = suite("docs/addresses.md");

const page = readFileSync(join(root, "docs/addresses.md"), "utf8");
const shown = (name: string): string => fences(page).find(({ mark }) => mark === `file ${name}`)?.text ?? "";

test("its example gives the lock file that it shows", async () => {
  await inFolder({ "main.phx": shown("main.phx") }, async (cwd) => {
    const { code, err } = await runCli(["plan", "--write"], { cwd });
    assert.is(code, 0, err);
    assert.is(readFileSync(join(cwd, "phxc.lock"), "utf8"), shown("phxc.lock"));
  });
});

test("what it says of forgetting holds", async () => {
  await inFolder({ "main.phx": "host pve1 {}", "phxc.lock": shown("phxc.lock") }, async (cwd) => {
    assert.is((await runCli(["plan", "--write"], { cwd })).code, 0);
    assert.match((await runCli(["forget"], { cwd })).out, /^ct\.200\.net\.lan\.ip$/m);
    assert.is((await runCli(["forget", "ct.200"], { cwd })).code, 0);
    assert.not.match(readFileSync(join(cwd, "phxc.lock"), "utf8"), /ct\.200/);
  });
});

test("its example converges, and the second run is quiet", async () => {
  const files = { "main.phx": shown("main.phx"), "phxc.lock": shown("phxc.lock") };
  const { plan, script } = await compileProject(files);
  const { first, passed } = await rehearse(script, presupposed(plan), { twice: true });
  assert.ok(passed, first.stdout + first.stderr);
});

test.run();
