import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { writeTogether } from "../../src/host/write.js";
import { inFolder } from "../support/folder.js";
import { runCli } from "../support/terminal.js";

const test = suite("committed-files");

test("where the plan is: as the host says, as the configuration says, beside the entry", async () => {
  const cases = [
    [{ "main.phx": 'host a { plans = "./kept/here/" }', "phx.config.json": '{ "plans": "all" }' }, "kept/here"],
    [{ "main.phx": "host a {}", "phx.config.json": '{ "plans": "all", "entry": "main.phx" }' }, "all/a"],
    [{ "main.phx": "host a {}" }, "plans/a"],
    [{ "main.phx": "" }, "plans/host"],
    [{ "sub/main.phx": "host a {}", "phx.config.json": '{ "entry": "sub/main.phx" }' }, "sub/plans/a"],
  ] as const;
  for (const [files, place] of cases) {
    await inFolder(files, async (cwd) => {
      const { code, out, err } = await runCli(["plan", "--write"], { cwd });
      assert.is(code, 0, err);
      assert.match(out, `written to ${place}/plan.sh and ${place}/plan.json`);
      assert.equal(readdirSync(join(cwd, place)), ["plan.json", "plan.sh"]);
      assert.is(statSync(join(cwd, place, "plan.sh")).mode & 0o100, 0o100);
      assert.is((await runCli(["plan", "--check"], { cwd })).code, 0);
    });
  }
});

test("a place outside of the project, and other mistakes in calling it, are refused", async () => {
  await inFolder({ "main.phx": 'host a { plans = "../elsewhere" }' }, async (cwd) => {
    const { code, err } = await runCli(["plan", "--write"], { cwd });
    assert.is(code, 1);
    assert.match(err, /PHX6026.*it lies outside the project folder/);
    assert.not.ok(existsSync(join(cwd, "../elsewhere")));
  });
  await inFolder({ "main.phx": "host a {}" }, async (cwd) => {
    for (const [argv, message] of [
      [["plan", "--write", "--check"], "exclude each other"],
      [["plan", "--write", "--out", "x.sh"], "leave out `--out`"],
      [["plan", "--check", "--format", "bash"], "leave out `--format`"],
      [["forget", "x"], "no plan of a is committed"],
      [["forget", "--for", "b"], "no host `b` is declared"],
    ] as const) {
      const { code, err } = await runCli(argv, { cwd });
      assert.is(code, 2, err);
      assert.match(err, message);
    }
    assert.not.ok(existsSync(join(cwd, "plans")));
  });
});

test("a plan with errors is not written, and a committed one stays", async () => {
  await inFolder({ "main.phx": "host a {}" }, async (cwd) => {
    await runCli(["plan", "--write"], { cwd });
    const before = readFileSync(join(cwd, "plans/a/plan.json"), "utf8");
    writeFileSync(join(cwd, "main.phx"), "host a { nonsense = 1 }");
    assert.is((await runCli(["plan", "--write"], { cwd })).code, 1);
    assert.is((await runCli(["plan", "--check"], { cwd })).code, 1);
    assert.is(readFileSync(join(cwd, "plans/a/plan.json"), "utf8"), before);
  });
});

test("both files are written, or none", async () => {
  await inFolder({ "a/one": "old" }, (folder) => {
    const file = (path: string): Parameters<typeof writeTogether>[0][number] => ({
      path: join(folder, path),
      content: "new",
      mode: 0o666,
    });
    mkdirSync(join(folder, "a/two"));
    assert.throws(() => writeTogether([file("a/one"), file("a/fresh"), file("a/two")]));
    assert.is(readFileSync(join(folder, "a/one"), "utf8"), "old");
    assert.equal(readdirSync(join(folder, "a")), ["one", "two"]);
    writeTogether([file("a/one"), file("b/c/fresh")]);
    assert.equal([readFileSync(join(folder, "a/one"), "utf8"), readdirSync(join(folder, "b/c"))], ["new", ["fresh"]]);
  });
});

test.run();
