import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HOST, byHand, ct, vm, withApplied } from "../support/committed.js";
import type { Applied, CommittedProject } from "../support/committed.js";
import { compileProject, mutating } from "../support/rehearsal.js";
import { applied, fleetOn, LAN, webCt } from "../support/script-host.js";
import type { Run } from "../support/script-host.js";

const test = suite("snapshots and rollbacks on demand");

const ON = "state = running\n";
/** web needs db; a template and a container with a mounted directory stand beside them. */
const FLEET = [
  HOST,
  ct(101, "db", ON),
  vm(102, "web", `${ON}needs = [db]`),
  ct(110, "base", "template = true"),
  ct(111, "files", `mount "/srv/files" { at = "/srv" }`),
].join("");

const withFleet = (use: (project: CommittedProject) => Promise<void>): Promise<void> => withApplied(FLEET, use);

async function scriptOf({ phxc }: CommittedProject, line: string): Promise<string> {
  const { code, out, err } = await phxc("plan", "main.phx", "--format", "bash", "--action", ...line.split(" "));
  assert.is(code, 0, err);
  return out;
}

async function act(project: CommittedProject, line: string, ...flags: readonly string[]): Promise<Applied> {
  return project.run(await scriptOf(project, line), ...flags);
}

const running = ({ host }: CommittedProject): readonly number[] =>
  host.guests().flatMap(({ id, running: isRunning }) => (isRunning ? [id] : []));

const memory = ({ conf }: CommittedProject, id: number): string | undefined =>
  /^memory: (.*)$/m.exec(conf("ct", id))?.[1];

test("a snapshot is taken of those that are named, once", () =>
  withFleet(async (project) => {
    const said = ["+ ct 101 db: snapshot before-upgrade", "+ vm 102 web: snapshot before-upgrade"];
    const check = await act(project, "snapshot db web --snapshot before-upgrade", "--check");
    assert.equal([check.code, check.said, check.commands], [2, said, []]);
    const run = await act(project, "snapshot db web --snapshot before-upgrade");
    assert.equal([run.code, run.said], [0, said], run.stderr);
    assert.equal(run.commands, ["pct snapshot 101 before-upgrade", "qm snapshot 102 before-upgrade"]);
    const again = await act(project, "snapshot db web --snapshot before-upgrade");
    assert.equal([again.code, again.said, again.commands], [0, [], []]);
    const plan = await project.apply("--allow-destroy");
    assert.equal([plan.code, plan.commands], [0, []], "a plan leaves it alone");
  }));

test("what Proxmox takes none of is told, and a guest that is not there held back", () =>
  withFleet(async (project) => {
    const { err } = await project.phxc("plan", "main.phx", "base", "files", "--action", "snapshot", "--snapshot", "s1");
    assert.match(err, /PHX6010.*no snapshot of ct 110 base/);
    assert.match(err, /PHX6010.*no snapshot of ct 111 files/);
    await byHand(project, "qm shutdown 102 --forceStop 1");
    await byHand(project, "qm destroy 102");
    const run = await act(project, "snapshot web --snapshot s1");
    assert.equal([run.code, run.commands], [4, []]);
    assert.match(run.stdout, "it does not exist; a plan without --action makes it");
  }));

test("a rollback wants --allow-destroy, stops the guest, and starts it again", () =>
  withFleet(async (project) => {
    await act(project, "snapshot web db --snapshot good");
    await byHand(project, "pct set 101 --memory 1024");
    const held = await act(project, "rollback db --snapshot good --with-dependents");
    assert.equal([held.code, held.commands, running(project)], [4, [], [101, 102]]);
    assert.match(held.stdout, "needs --allow-destroy");
    const said = [
      "~ vm 102 web: roll back to good",
      "~ ct 101 db: roll back to good",
      "+ ct 101 db: start",
      "+ vm 102 web: start",
    ];
    const check = await act(project, "rollback db --snapshot good --with-dependents", "--check", "--allow-destroy");
    assert.equal([check.code, check.said, check.commands], [2, said, []]);
    const run = await act(project, "rollback db --snapshot good --with-dependents", "--allow-destroy");
    assert.equal([run.code, run.said], [0, said], run.stdout + run.stderr);
    assert.equal([memory(project, 101), running(project)], ["512", [101, 102]]);
  }));

test("a guest that a running one needs is not rolled back under it", () =>
  withFleet(async (project) => {
    await act(project, "snapshot db --snapshot good");
    const run = await act(project, "rollback db --snapshot good", "--allow-destroy");
    assert.equal([run.code, run.commands, running(project)], [4, [], [101, 102]]);
    assert.match(run.stdout, "needed by what runs: vm 102 web");
  }));

test("one that has no such snapshot is held back before it is stopped", () =>
  withFleet(async (project) => {
    const run = await act(project, "rollback web --snapshot nothing", "--allow-destroy");
    assert.equal([run.code, run.commands, running(project)], [4, [], [101, 102]]);
    assert.match(run.stdout, "it has no snapshot nothing");
  }));

test("on ZFS an older one than the newest is refused before the guest is stopped", () =>
  applied(webCt(ON), async ({ host, byHand: typed }) => {
    await typed("pct snapshot 200 older", "pct snapshot 200 newer");
    const rollback = async (snapshot: string, code: number): Promise<Run> => {
      const action = { name: "rollback", withDependents: false, snapshot } as const;
      const { script } = await compileProject({ "main.phx": LAN + webCt(ON) }, { action, targets: ["web"] });
      return fleetOn(host, script).apply(code, "--allow-destroy");
    };
    const refused = await rollback("older", 4);
    assert.match(refused.stdout, "newest snapshot only, which is newer");
    assert.equal(mutating(refused), []);
    assert.equal(mutating(await rollback("newer", 0)), [
      "pct shutdown 200 --forceStop 1",
      "pct rollback 200 newer",
      "pct start 200",
    ]);
  }));

test("a rollback that is killed is done again by the next run, whatever plan that is of", () =>
  withFleet(async (project) => {
    await act(project, "snapshot web --snapshot good");
    const script = await scriptOf(project, "rollback web --snapshot good");
    const cut = await project.host.runScript(script, ["--allow-destroy"], {
      fault: { at: 2, when: "during", signal: "SIGKILL" },
    });
    assert.is(cut.signal, "SIGKILL");
    assert.match(project.conf("vm", 102), "lock: rollback");
    const next = await project.apply();
    assert.match(next.stdout, "the rollback of vm 102 to good was interrupted: it is done again");
    assert.not.match(project.conf("vm", 102), "lock:");
    const again = await project.run(script, "--allow-destroy");
    assert.equal([again.code, running(project)], [0, [101, 102]], again.stdout + again.stderr);
  }));

test("the name is asked for, and belongs to these two actions", () =>
  withFleet(async ({ phxc }) => {
    for (const [line, problem] of [
      ["web --action snapshot", "wants the name of a snapshot"],
      ["web --action rollback", "wants the name of a snapshot"],
      ["web --action stop --snapshot s1", "is for `--action snapshot` and `rollback`"],
      ["web --action snapshot --snapshot current", "Proxmox takes no snapshot called current"],
      ["web --action snapshot --snapshot 1st", "Proxmox takes no snapshot called 1st"],
    ] as const) {
      const { code, err } = await phxc("plan", "main.phx", ...line.split(" "));
      assert.is(code, 2, line);
      assert.match(err, problem);
    }
  }));

test.run();
