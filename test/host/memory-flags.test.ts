import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { settled } from "../../src/rehearsal/index.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { ct, vm } from "../support/committed.js";
import { compileSource, mutating, withEmptyHost } from "../support/rehearsal.js";

const test = suite("--keep-going and --wait");

const FLEET = [
  ct(101, "a", "cores = 2\nsnapshot one { }"),
  ct(102, "b", "cores = 2\nneeds = [a]\nstate = running"),
  vm(103, "c", "cores = 2\nsnapshot one { }"),
].join("");

/** The host's state, whatever was made first. */
function endOf(host: SimulatedHost): string {
  return settled(host).split("\n").toSorted().join("\n");
}

test("whichever command fails, its guest and what needs it are held back, all others converge, and the next run ends it", async () => {
  const { plan, script } = await compileSource(FLEET);
  const [end, count] = await withEmptyHost(plan, async (host) => {
    const { commands } = await host.runScript(script);
    return [endOf(host), commands.length] as const;
  });
  let held = 0;
  for (let at = 1; at <= count; at++) {
    await withEmptyHost(plan, async (host) => {
      const run = await host.runScript(script, ["--keep-going"], { fault: { at, when: "fail" } });
      assert.is(run.code, 4, `command ${at}: ${run.stdout}${run.stderr}`);
      const failed = run.commands.find(({ code }) => code !== 0)?.argv ?? [];
      const named = failed.find((word) => /^10[123]$/.test(word));
      // What lists the volumes of a storage names no guest.
      const told = /(?:Failed|Refused): step \w+[.](10[123])[.]/.exec(run.stderr)?.[1];
      const id = Number(failed[0] === "pvesm" ? told : named);
      assert.match(
        run.stderr,
        new RegExp(`(Failed|Refused): step (ct|vm)[.]${id}[.]`),
        `${failed.join(" ")}\n${run.stdout}${run.stderr}`,
      );
      assert.match(run.stdout, new RegExp(`^! (ct|vm) ${id} \\w: held back: step \\S+ failed$`, "m"));
      assert.is(/ct 102 b: held back: it needs ct 101/.test(run.stdout), id === 101, run.stdout);
      const others = [101, 102, 103].filter((other) => other !== id && !(id === 101 && other === 102));
      const made = host.guests().map((guest) => guest.id);
      assert.ok(
        others.every((other) => made.includes(other)),
        `command ${at}: ${made.join()}`,
      );
      assert.match(run.stdout, new RegExp(` ${3 - others.length} held back`));
      assert.not.match(run.stdout + run.stderr, /Unexpected/);
      held++;
      assert.is((await host.runScript(script)).code, 0);
      assert.is(endOf(host), end, `command ${at}: ${failed.join(" ")}`);
      assert.equal(mutating(await host.runScript(script)), []);
    });
  }
  assert.ok(held >= 6, `${held} failures`);
});

test("without --keep-going the script ends at the first failure; a failed step of the host always ends it", async () => {
  const { plan, script } = await compileSource(
    `dataset tank/x { quota = 1G }\npool tank { disks = ["/dev/disk/by-id/a"], raid = single }\n${FLEET}`,
  );
  for (const flags of [[], ["--keep-going"]]) {
    await withEmptyHost(plan, async (host) => {
      const first = (await host.runScript(script, ["--check"])).commands.length;
      const run = await host.runScript(script, flags, { fault: { at: first + 1, when: "fail" } });
      assert.is(run.code, 4);
      assert.match(run.stderr, /Failed: step (pool|dataset)\./);
      assert.equal(host.guests(), []);
    });
  }
  await withEmptyHost((await compileSource(FLEET)).plan, async (host) => {
    const { script: fleet } = await compileSource(FLEET);
    const run = await host.runScript(fleet, [], { fault: { at: 1, when: "fail" } });
    assert.equal([run.code, host.guests()], [4, []]);
  });
});

test("--wait waits for the lock so long, and no longer", async () => {
  const { plan, script } = await compileSource(FLEET);
  await withEmptyHost(plan, async (host) => {
    await host.runScript(script);
    // A holder of the lock that ends by itself; nothing waits for it.
    const hold = (seconds: number): string =>
      `mkdir -p "\${PHXC_ROOT}/run/lock"; flock "\${PHXC_ROOT}/run/lock/phxc.lock" sleep ${seconds} >/dev/null 2>&1 & sleep 0.2\n`;
    await host.runScript(hold(3));
    assert.is((await host.runScript(script)).code, 5);
    assert.is((await host.runScript(script, ["--wait", "1"])).code, 5);
    assert.is((await host.runScript(script, ["--wait", "20"])).code, 0);
    for (const wrong of [["--wait"], ["--wait", "-1"], ["--wait", "1.5"], ["--wait", "soon"]]) {
      assert.is((await host.runScript(script, wrong)).code, 64, wrong.join(" "));
    }
    assert.ok(readFileSync(join(host.root, "run/lock/phxc.lock")).length === 0);
  });
});

test.run();
