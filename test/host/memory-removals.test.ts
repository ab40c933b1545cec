import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HOST, ct, vm, withCommitted } from "../support/committed.js";

const test = suite("what the files no longer declare");

test("an option that leaves the files is deleted by the next plan, once", async () => {
  await withCommitted(async ({ write, apply, conf }) => {
    await write(HOST + vm(100, "a", "cores = 2\n  options { balloon = 0 }"));
    const first = await apply();
    assert.is(first.code, 0, first.stdout + first.stderr);
    assert.match(conf("vm", 100), /^balloon: 0$/m);
    await write(HOST + vm(100, "a", "cores = 2"));
    const check = await apply("--check");
    assert.equal(check.said, ["~ vm 100 a: balloon 0 -> (removed)"]);
    assert.is(check.code, 2);
    const second = await apply();
    assert.is(second.code, 0, second.stdout + second.stderr);
    assert.match(second.commands.join("\n"), /^qm set 100 --delete balloon --digest \w+$/);
    assert.not.match(conf("vm", 100), /balloon/);
    const third = await apply();
    assert.equal([third.code, third.said, third.commands], [0, [], []]);
  });
});

test("writing twice gives the same bytes", async () => {
  await withCommitted(async ({ write, read }) => {
    const edits = [HOST + ct(101, "x", "memory = 512MiB"), HOST + ct(101, "x"), HOST];
    for (const text of edits) {
      await write(text);
      const files = ["plan.sh", "plan.json"].map((name) => read(`plans/pve1/${name}`));
      assert.match(await write(text), /are as they were$/m);
      assert.equal(
        ["plan.sh", "plan.json"].map((name) => read(`plans/pve1/${name}`)),
        files,
      );
    }
  });
});

test.run();
