import { suite } from "uvu";
import * as assert from "uvu/assert";
import { presupposed, undisturbed } from "../../src/rehearsal/index.js";
import type { Seen, Undisturbed } from "../../src/rehearsal/index.js";
import { faultsAt, surviveAll } from "../support/faults.js";
import { provesMatrix } from "../support/matrices.js";
import { compileSource } from "../support/rehearsal.js";

const test = suite("pools, datasets, keys and the cache killed at every command");

const SOURCE = `
host pve { zfs { arc_max = 8GiB } }
pool tank {
  vdev mirror { disks = ["/dev/disk/by-id/a", "/dev/disk/by-id/b"] }
  log { disks = ["/dev/disk/by-id/c"] }
  options { autotrim = on }
}
dataset tank/s {
  key { from = secret("file:/root/key") }
  snapshots daily { keep = 7 }
}
dataset tank/s/below { quota = 10G, properties { "org.example:owner" = "ops" } }
zvol tank/v { size = 1GiB, sparse = true }
`;

const seen: Seen = new Map();
let whole: Undisturbed;

test.before(async () => {
  const { plan, script } = await compileSource(SOURCE);
  const state = presupposed(plan, {
    files: { "/root/key": "correct horse\n", "/sys/module/zfs/parameters/zfs_arc_max": "0\n" },
  });
  // The next run waits for the command that outlives a killed one.
  whole = await undisturbed(script, state, { args: ["--wait", "60"] });
  assert.is(whole.run.code, 0, whole.run.stdout + whole.run.stderr);
});

for (const when of ["before", "during", "after"] as const)
  test(`SIGKILL ${when}: the next run reaches the same state, and the one after it is quiet`, () =>
    surviveAll(whole, faultsAt(whole, when), seen));

test("a command that fails is told, and the next run goes on", () => surviveAll(whole, faultsAt(whole, "fail"), seen));

provesMatrix(test, import.meta.url);

test.run();
