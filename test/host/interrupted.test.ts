import { suite } from "uvu";
import * as assert from "uvu/assert";
import { presupposed } from "../../src/rehearsal/index.js";
import { settled, undisturbed } from "../support/faults.js";
import type { Undisturbed } from "../support/faults.js";
import { announced, mutating, withEmptyHost, withHost } from "../support/rehearsal.js";

const test = suite("interrupted plans");

let whole: Undisturbed;

test.before(async () => {
  whole = await undisturbed();
});

test("interrupted by SIGINT or SIGTERM it ends with 130 and says how to go on", async () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    await withEmptyHost(whole.fleet.plan, async (host) => {
      const cut = await host.runScript(whole.fleet.script, [], { fault: { at: 9, when: "before", signal } });
      assert.is(cut.code, 130, cut.stderr);
      assert.match(cut.stderr, /Interrupted in step \S+\. Run the same script again/);
      assert.is((await host.runScript(whole.fleet.script)).code, 0);
      assert.is(settled(host), whole.end);
    });
  }
});

test("a command that fails once: the step, the command and its last words are told, and the next run goes on", async () => {
  for (let at = 1; at <= whole.commands; at++) {
    await withEmptyHost(whole.fleet.plan, async (host) => {
      const failed = await host.runScript(whole.fleet.script, [], { fault: { at, when: "fail" } });
      if (failed.code !== 0) {
        assert.is(failed.code, 4, failed.stderr);
        assert.match(failed.stderr, /^(Failed|Refused): step \S+/m);
      }
      const next = await host.runScript(whole.fleet.script);
      assert.is(next.code, 0, `command ${at}\n${failed.stdout}${failed.stderr}\n--\n${next.stdout}${next.stderr}`);
      assert.is(settled(host), whole.end, `command ${at}\n${failed.stdout}${failed.stderr}\n--\n${next.stdout}`);
    });
  }
});

test("a half-made guest without our record is somebody else's: it is left alone and held back", async () => {
  const files = { "/etc/pve/nodes/pve/lxc/100.conf": "lock: create\n" };
  await withHost(presupposed(whole.fleet.plan, { files }), async (host) => {
    const run = await host.runScript(whole.fleet.script);
    assert.is(run.code, 4, run.stderr);
    assert.match(run.stdout, /^! ct 100 base: held back: it is locked \(create\) by a creation that is not ours$/m);
    assert.equal(
      mutating(run).filter((line) => line.includes(" 100")),
      [],
    );
  });
});

test("only one run at a time: the second ends with 5", async () => {
  await withEmptyHost(whole.fleet.plan, async (host) => {
    await host.runScript(whole.fleet.script);
    const holder = host.runScript(`exec 9>>"$PHXC_ROOT/run/lock/phxc.lock"\nflock 9\nsleep 1\n`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const second = await host.runScript(whole.fleet.script);
    assert.is(second.code, 5, second.stderr);
    assert.equal(announced(second.stdout), []);
    await holder;
  });
});

test.run();
