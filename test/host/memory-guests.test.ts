import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HOST, byHand, ct, settled, vm, withCommitted } from "../support/committed.js";
import type { CommittedProject } from "../support/committed.js";

const test = suite("guests that the files no longer declare");

const ids = ({ host }: CommittedProject): readonly number[] => host.guests().map(({ id }) => id);

test("a guest is destroyed with --allow-destroy only, also when it runs", () =>
  withCommitted(async (project) => {
    const { write, apply } = project;
    await write(HOST + ct(101, "a", "state = running") + vm(102, "b") + ct(103, "c"));
    await settled(project);
    const told = await write(HOST + ct(103, "c"));
    assert.match(told, /- vm 102 b: the guest itself, with --allow-destroy only\n {2}- ct 101 a: the guest/);
    const without = await apply();
    assert.equal([without.code, without.said, without.commands], [0, [], []]);
    assert.match(without.stdout, /ct 101 a: no longer declared; to destroy, needs --allow-destroy/);
    const check = await apply("--check", "--allow-destroy");
    assert.equal([check.code, check.said, check.commands], [2, ["- vm 102 b: destroy", "- ct 101 a: destroy"], []]);
    assert.match(check.stdout, /2 to destroy/);
    assert.is((await apply("--check")).code, 0);
    await settled(project, "--allow-destroy");
    assert.equal(ids(project), [103]);
    await settled(project);
  }));

test("what needed another guest is destroyed before it, whenever each left the files", () =>
  withCommitted(async (project) => {
    const { write } = project;
    const template = ct(200, "base", "template = true");
    const clone = "ct 101 web {\n clone = base\n}\n";
    await write(HOST + template + clone + ct(102, "x", "needs = [web]"));
    await settled(project);
    await write(HOST + template + clone);
    await write(HOST + template);
    await write(HOST);
    assert.equal(await settled(project, "--allow-destroy"), [
      "- ct 102 x: destroy",
      "- ct 101 web: destroy",
      "- ct 200 base: destroy",
    ]);
    assert.equal(ids(project), []);
  }));

test("a guest stays while one that needed it is still there, whatever kept that one", () =>
  withCommitted(async (project) => {
    const { write, read, apply, host } = project;
    await write(HOST + ct(200, "base", "template = true") + "ct 101 web {\n clone = base\n}\n");
    await settled(project);
    await write(HOST);
    const left = /ct 200 base: it is no longer declared, but ct 101 web needed it and is still there/;
    await byHand(project, "pct set 101 --protection 1");
    const kept = await apply("--allow-destroy");
    assert.equal([kept.code, kept.commands], [0, []]);
    assert.match(kept.stdout, left);
    await byHand(project, "pct set 101 --protection 0");
    const fault = { at: 1, when: "fail" } as const;
    const failed = await host.runScript(read("plans/pve1/plan.sh"), ["--allow-destroy", "--keep-going"], { fault });
    assert.is(failed.code, 4);
    assert.match(failed.stderr, /Failed: step ct\.101\.destroy/);
    assert.match(failed.stdout, left);
    assert.equal(ids(project), [101, 200]);
    await settled(project, "--allow-destroy");
    assert.equal(ids(project), []);
  }));

test("one that is protected, called otherwise or locked by a backup is left as it is", () =>
  withCommitted(async (project) => {
    const { write, apply } = project;
    await write(HOST + ct(101, "a") + ct(102, "b") + ct(103, "c"));
    await settled(project);
    await byHand(project, "pct set 101 --protection 1");
    await byHand(project, "pct set 102 --hostname other");
    const lock = "sed -i '1i lock: backup' \"${PHXC_ROOT}/etc/pve/lxc/103.conf\"\n";
    assert.is((await project.host.runScript(lock)).code, 0);
    await write(HOST);
    const run = await apply("--allow-destroy");
    assert.equal([run.code, run.said, run.commands], [0, [], []], run.stdout + run.stderr);
    assert.match(
      run.stdout,
      /ct 101 a: it is no longer declared, but protected \(protection: 1\): it is left as it is/,
    );
    assert.match(run.stdout, /ct 102 b: it is no longer declared, but called other now/);
    assert.match(run.stdout, /ct 103 c: it is no longer declared, but locked \(backup\)/);
    assert.equal(ids(project), [101, 102, 103]);
  }));

test("only those that are named are destroyed", () =>
  withCommitted(async (project) => {
    await project.write(HOST + ct(101, "a") + ct(102, "b"));
    await settled(project);
    await project.write(HOST);
    await settled(project, "--allow-destroy", "--only", "102");
    assert.equal(ids(project), [101]);
  }));

test("a guest that is declared again before its plan ran is kept, with what it lost", () =>
  withCommitted(async (project) => {
    await project.write(HOST + vm(101, "a", "cores = 2\n options { balloon = 0 }"));
    await settled(project);
    await project.write(HOST);
    await project.write(HOST + vm(101, "a", "cores = 2"));
    assert.equal(await settled(project, "--allow-destroy"), ["~ vm 101 a: balloon 0 -> (removed)"]);
  }));

test("the same id under another name is a renaming, also when a plan between was never applied", () =>
  withCommitted(async (project) => {
    const { write, phxc, conf, apply } = project;
    await write(HOST + ct(101, "a"));
    await settled(project);
    project.edit(HOST + ct(101, "b"));
    assert.match((await phxc("plan", "--write")).err, /PHX6025/);
    await write(HOST + ct(101, "c"));
    assert.equal(await settled(project), ["~ ct 101 c: hostname a -> c"]);
    assert.match(conf("ct", 101), /^hostname: c$/m);
    await byHand(project, "pct set 101 --hostname stranger");
    const run = await apply();
    assert.is(run.code, 3);
    assert.match(run.stderr, /id 101 is taken by a guest called stranger/);
  }));

test("a guest under another id, or an id of another kind, is refused; forgetting it lifts that", () =>
  withCommitted(async ({ write, edit, phxc, read }) => {
    await write(HOST + vm(101, "a") + ct(103, "c"));
    edit(HOST + vm(102, "a") + ct(103, "c"));
    const moved = await phxc("plan", "--write");
    assert.is(moved.code, 1);
    assert.match(moved.err, /PHX6021.*`a` was vm 101 in an earlier plan and is vm 102 now/);
    assert.match(moved.err, /qm clone 101 102 --full 1 --name a/);
    edit(HOST + vm(101, "a") + vm(103, "d"));
    assert.match((await phxc("plan")).err, /PHX6023.*vm 103 d has the id of ct 103 of the last plan/);
    edit(HOST + vm(102, "a") + ct(103, "c"));
    // Nor with a plan between that declares neither.
    await write(HOST + ct(103, "c"));
    edit(HOST + vm(102, "a") + ct(103, "c"));
    assert.match((await phxc("plan", "--write")).err, /PHX6021/);
    assert.is((await phxc("forget", "vm.101")).code, 0);
    assert.is((await phxc("plan", "--write")).code, 0);
    assert.not.match(read("plans/pve1/plan.sh"), /destroy 101/);
  }));

test.run();
