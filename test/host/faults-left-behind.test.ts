import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { presupposed, settled, undisturbed } from "../../src/rehearsal/index.js";
import type { Fault, SimulatedHost, Undisturbed } from "../../src/rehearsal/index.js";
import { wholeFleet } from "../support/faults.js";
import { compileSource, mutating } from "../support/rehearsal.js";
import { LAN, output, scripted, webCt } from "../support/script-host.js";
import { withHost, zfsHost } from "../support/sim.js";

const test = suite("what a killed run leaves behind");

let fleet: Undisturbed;

test.before(async () => {
  fleet = await wholeFleet();
});

const conf = (host: SimulatedHost, id: number): string =>
  readFileSync(join(host.root, `etc/pve/lxc/${id}.conf`), "utf8");

/** A fault at the first command that begins with these words. */
function faultAt(whole: Undisturbed, words: string, when: Fault["when"]): Fault {
  const at = whole.commands.findIndex((command) => command.startsWith(words)) + 1;
  assert.ok(at > 0, words);
  return { at, when };
}

test("a killed clone's source is locked, and is released before anything else is done", () =>
  withHost(fleet.state, async (host) => {
    await host.runScript(fleet.script, [], { fault: faultAt(fleet, "pct clone 100 101", "during") });
    assert.match(conf(host, 100), "lock: disk\n");
    assert.is(conf(host, 101), "lock: create\n");
    const next = await host.runScript(fleet.script);
    assert.is(next.code, 0, output(next));
    const first = mutating(next)
      .slice(0, 4)
      .map((line) => line.replace(/ --.*/, ""));
    assert.equal(first, ["pct unlock 101", "pct destroy 101", "pvesm free guests:subvol-101-disk-0", "pct unlock 100"]);
    assert.is(settled(host), fleet.end);
  }));

test("a source that was locked by somebody else is not released", () =>
  withHost(fleet.state, async (host) => {
    await host.runScript(fleet.script, [], { fault: faultAt(fleet, "pct clone 100 101", "before") });
    writeFileSync(join(host.root, "etc/pve/lxc/100.conf"), `lock: backup\n${conf(host, 100)}`);
    const next = await host.runScript(fleet.script, ["--wait", "0"]);
    assert.is(next.code, 4, output(next));
    assert.match(next.stdout, "! ct 101 web: held back: its source ct 100 is locked (backup) by another task");
    assert.match(conf(host, 100), "lock: backup\n");
  }));

test("a dataset without a configuration file, from a creation killed between the two, is freed", () =>
  withHost(fleet.state, async (host) => {
    await host.runScript(fleet.script, [], { fault: faultAt(fleet, "pct create 100", "during") });
    rmSync(join(host.root, "etc/pve/lxc/100.conf"));
    assert.ok(host.state.datasets["tank/g/subvol-100-disk-0"]);
    const next = await host.runScript(fleet.script);
    assert.match(next.stdout, "removing guests:subvol-100-disk-0, left over from an interrupted run");
    assert.is(settled(host), fleet.end);
  }));

test("a volume left over is freed although the guest has one of the same name on another storage", () =>
  scripted(
    webCt('disk data { size = 1GiB, storage = more, at = "/data" }'),
    async ({ host, script, quiet }) => {
      await host.runScript(script, [], { fault: { at: 4, when: "during" } });
      assert.equal(volumes(host), ["tank/cts/subvol-200-disk-0", "tank/more/subvol-200-disk-0"]);
      assert.not.match(conf(host, 200), "mp0");
      const next = await host.runScript(script);
      assert.is(next.code, 0, output(next));
      assert.match(next.stdout, "removing more:subvol-200-disk-0, left over");
      assert.equal(volumes(host), ["tank/cts/subvol-200-disk-0", "tank/more/subvol-200-disk-0"]);
      await quiet();
    },
    moreStorage(),
  ));

test("a creation that outlives its killed run: the next run refuses or waits, and nothing is made twice", () =>
  withHost(
    fleet.state,
    async (host) => {
      await host.runScript(fleet.script, [], { fault: faultAt(fleet, "pct create 100", "outlived") });
      const refused = await host.runScript(fleet.script);
      assert.is(refused.code, 5, output(refused));
      assert.match(refused.stderr, "or a command that outlived one");
      const next = await host.runScript(fleet.script, ["--wait", "60"]);
      assert.is(next.code, 0, output(next));
      assert.not.ok(mutating(next).some((line) => line.startsWith("pct create 100")));
      assert.is(settled(host), fleet.end);
    },
    { latencyMs: (argv) => (argv[1] === "create" && argv[2] === "100" ? 2500 : 0) },
  ));

test("a start that outlives its killed run does not hold the lock, and the next run is content with it", async () => {
  const { plan, script } = await compileSource(LAN + webCt("state = running"));
  const whole = await undisturbed(script, presupposed(plan));
  let starts = 0;
  // The second start waits for the first, which holds the guest's lock file, and comes too late.
  const refuses = async (argv: readonly string[]): Promise<string | undefined> => {
    if (argv[1] !== "start" || ++starts !== 2) return undefined;
    while (!host.guests().some(({ running }) => running)) await setTimeout(10);
    return "CT 200 already running";
  };
  let host: SimulatedHost;
  await withHost(
    presupposed(plan),
    async (started) => {
      host = started;
      await host.runScript(script, [], { fault: faultAt(whole, "pct start", "outlived") });
      assert.equal([starts, host.guests()[0]?.running], [1, false]);
      const next = await host.runScript(script);
      assert.is(next.code, 0, output(next));
      assert.equal([starts, host.guests()[0]?.running], [2, true]);
    },
    { refuses, latencyMs: (argv) => (argv[1] === "start" ? 1500 : 0) },
  );
});

test("two runs at once: the second ends with 5, or waits and finds nothing to do", () =>
  withHost(
    fleet.state,
    async (host) => {
      const first = host.runScript(fleet.script);
      while (host.log.length < 3) await setTimeout(10);
      const second = await host.runScript(fleet.script);
      assert.equal([second.code, mutating(second)], [5, []], output(second));
      const third = await host.runScript(fleet.script, ["--wait", "60"]);
      assert.equal([third.code, mutating(third)], [0, []], output(third));
      assert.is((await first).code, 0);
      assert.is(settled(host), fleet.end);
    },
    { latencyMs: (argv) => (argv[1] === "clone" ? 700 : 0) },
  ));

function moreStorage(): ReturnType<typeof zfsHost> {
  const more = { type: "zfspool", id: "more", options: { pool: "tank/more", content: "rootdir", sparse: "1" } };
  const cts = { type: "zfspool", id: "cts", options: { pool: "tank/cts", content: "rootdir", sparse: "1" } };
  const state = zfsHost({ storages: [cts, more] });
  state.datasets["tank/more"] = { type: "filesystem", properties: {}, snapshots: [] };
  return state;
}

function volumes(host: SimulatedHost): string[] {
  return Object.keys(host.state.datasets).filter((name) => name.includes("disk"));
}

test.run();
