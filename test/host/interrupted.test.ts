import { suite } from "uvu";
import * as assert from "uvu/assert";
import { presupposed } from "../../src/rehearsal/index.js";
import { FLEET } from "../support/faults.js";
import { announced, compileSource, mutating, withEmptyHost, withHost } from "../support/rehearsal.js";
import type { Compiled } from "../support/rehearsal.js";

const test = suite("interrupted plans");

let fleet: Compiled;

test.before(async () => {
  fleet = await compileSource(FLEET);
});

test("a half-made guest without our record is somebody else's: it is left alone and held back", async () => {
  const files = { "/etc/pve/nodes/pve/lxc/100.conf": "lock: create\n" };
  await withHost(presupposed(fleet.plan, { files }), async (host) => {
    const run = await host.runScript(fleet.script);
    assert.is(run.code, 4, run.stderr);
    assert.match(run.stdout, /^! ct 100 base: held back: it is locked \(create\) by a creation that is not ours$/m);
    assert.equal(
      mutating(run).filter((line) => line.includes(" 100")),
      [],
    );
  });
});

test("only one run at a time: the second ends with 5", async () => {
  await withEmptyHost(fleet.plan, async (host) => {
    await host.runScript(fleet.script);
    const holder = host.runScript(`exec 9>>"$PHXC_ROOT/run/lock/phxc.lock"\nflock 9\nsleep 1\n`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const second = await host.runScript(fleet.script);
    assert.is(second.code, 5, second.stderr);
    assert.equal(announced(second.stdout), []);
    await holder;
  });
});

test.run();
