import { readdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { HostState } from "../../src/rehearsal/index.js";
import { zfsHost } from "../support/sim.js";
import { appVm, output, scripted, told, webCt } from "../support/script-host.js";

const test = suite("runtime: checks of guests");

const CHECKS = `state = running
check api { tcp = 9000, retries = 0 }
check page { http = "http://10.0.0.20/x", status = 204, retries = 0 }
check unit { run = "systemctl is-active 'my unit'", retries = 0 }`;
const AGENT = `agent = true
state = running
check unit { run = "test -e /x", retries = 1, every = 1s, timeout = 2s }`;

function answering(...answers: HostState["answers"]): HostState {
  return { ...zfsHost(), answers: [...answers] };
}

test("commands, ports and addresses: all pass, and only when the guest changed", () =>
  scripted(webCt(CHECKS), async ({ host, apply, quiet, byHand }) => {
    host.state.manners[200] = { httpStatus: 204 };
    const run = await apply();
    assert.equal(run.stdout.match(/check \w+ passed/g), ["check api passed", "check page passed", "check unit passed"]);
    const asked = run.commands.filter(({ argv }) => argv[1] === "exec").map(({ argv }) => argv);
    assert.equal(asked, [["pct", "exec", "200", "--", "timeout", "30", "sh", "-c", "systemctl is-active 'my unit'"]]);
    assert.equal(readdirSync(join(host.root, "var/lib/phxc/check")), []);
    const second = await apply();
    assert.not.match(second.stdout, "check");
    await quiet();
    await byHand("pct set 200 --onboot 1");
    assert.not.match((await apply()).stdout, "check");
  }));

test("a check that fails is tried again, then ends the script; the next run repeats it until it passes", () =>
  scripted(
    webCt('cores = 2\nstate = running\ncheck unit { run = "true", retries = 2, every = 0s }') + appVm(),
    async ({ host, apply, check, quiet }) => {
      const run = await apply(4);
      const attempts = run.commands.filter(({ argv }) => argv[1] === "exec");
      assert.is(attempts.length, 3);
      assert.match(run.stderr, /^! ct 200 web: check unit did not pass in 3 attempts$/m);
      assert.match(
        run.stderr,
        /^Failed: step ct\.200\.check\.unit \(ct 200 web; asked for by fleet\.phx\)\n {2}command: {3}'check' 'unit' 'command' 'true'\n {2}exit code: 3\n {2}its last lines:\n {4}inactive$/m,
      );
      assert.equal(await check("--only", "web"), ["~ ct 200 web: check unit, which has not passed yet"]);
      assert.is((await apply(4)).commands.filter(({ argv }) => argv[1] === "exec").length, 3);
      host.state.answers.length = 0;
      assert.match((await apply()).stdout, /^ {2}ct 200 web: check unit passed$/m);
      await quiet();
    },
    answering({ guest: 200, command: "", code: 3, stdout: "inactive\n" }),
  ));

test("closed ports and other answers fail", () =>
  scripted(webCt(CHECKS), async ({ host, apply, quiet }) => {
    host.state.manners[200] = { closedPorts: [9000], httpStatus: 204 };
    assert.match((await apply(4)).stderr, /^! ct 200 web: check api did not pass in 1 attempts$/m);
    host.state.manners[200] = { httpStatus: 500 };
    const second = await apply(4);
    assert.match(second.stdout, "check api passed");
    assert.match(second.stderr, "check page did not pass");
    host.state.manners[200] = { httpStatus: 204 };
    assert.is((await apply()).stdout.match(/check \w+ passed/g)?.length, 3);
    await quiet();
  }));

test("in a machine the command's own exit code counts, not that of the tool", () =>
  scripted(
    appVm(AGENT),
    async ({ host, apply }) => {
      const run = await apply(4);
      const asked = run.commands.filter(({ argv }) => argv[1] === "guest");
      assert.equal(
        asked.map(({ code }) => code),
        [0, 0],
      );
      assert.equal(asked[0]?.argv.slice(3), ["100", "--timeout", "2", "--", "sh", "-c", "test -e /x"]);
      assert.match(run.stderr, "check unit did not pass in 2 attempts");
      host.state.answers.length = 0;
      assert.match((await apply()).stdout, "vm 100 app: check unit passed");
    },
    answering({ guest: 100, command: "", code: 1 }),
  ));

test("a command that never answers is cut off", async () => {
  const began = Date.now();
  await scripted(
    webCt('state = running\ncheck unit { run = "sleep", retries = 0, timeout = 1s }'),
    async ({ host, script }) => {
      const run = await host.runScript(script.replaceAll('"$(($1 + 5))"', '"$(($1))"'));
      assert.is(run.code, 4, output(run));
      assert.match(run.stderr, "exit code: 124");
    },
    zfsHost(),
    { latencyMs: (argv) => (argv[1] === "exec" ? 60_000 : 0) },
  );
  assert.ok(Date.now() - began < 10_000);
});

test("a guest that does not run is not asked", () =>
  scripted(webCt('cores = 2\ncheck unit { run = "true" }'), async ({ host, apply }) => {
    const run = await apply();
    assert.equal(told(run).length > 0, true);
    assert.not.match(run.stdout, "check");
    assert.equal(readdirSync(join(host.root, "var/lib/phxc/check")), []);
  }));

test.run();
