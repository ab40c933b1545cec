import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HOST, byHand, ct, vm, withApplied } from "../support/committed.js";
import type { Applied, CommittedProject } from "../support/committed.js";
import { root } from "../support/paths.js";
import { hasLinters, lintScript } from "../support/script-lint.js";

const test = suite("actions on demand");

const ON = "state = running\n";
/** app needs web, web needs db; a template with a linked clone stands beside them. */
const FLEET = [
  HOST,
  ct(101, "db", ON),
  vm(102, "web", `${ON}needs = [db]`),
  ct(103, "app", `${ON}needs = [web]`),
  ct(110, "base", "template = true"),
  "ct 111 copy {\n clone = base\n}\n",
].join("");

const withFleet = (use: (project: CommittedProject) => Promise<void>): Promise<void> => withApplied(FLEET, use);

/** Runs the plan of an action; `flags` are the script's, after a `--`. */
async function act({ phxc, run }: CommittedProject, line: string): Promise<Applied> {
  const [words = "", flags = ""] = line.split(" -- ");
  const { code, out, err } = await phxc("plan", "main.phx", "--format", "bash", "--action", ...words.split(" "));
  assert.is(code, 0, err);
  return run(out, ...flags.split(" ").filter((word) => word !== ""));
}

const running = ({ host }: CommittedProject): readonly number[] =>
  host.guests().flatMap(({ id, running: isRunning }) => (isRunning ? [id] : []));

test("what is named is stopped, what needs others before these, and only once", () =>
  withFleet(async (project) => {
    const check = await act(project, "stop db web app -- --check");
    const order = ["~ ct 103 app: stop", "~ vm 102 web: stop", "~ ct 101 db: stop"];
    assert.equal([check.code, check.said, check.commands], [2, order, []]);
    const run = await act(project, "stop db web app");
    assert.equal([run.code, run.said], [0, order], run.stdout + run.stderr);
    assert.equal(running(project), []);
    const quiet = await act(project, "stop db web app");
    assert.equal([quiet.code, quiet.said, quiet.commands], [0, [], []]);
    assert.is((await act(project, "stop db -- --check")).code, 0);
  }));

test("a guest that a running one needs is not stopped; the others go on", () =>
  withFleet(async (project) => {
    const { out, err } = await project.phxc("plan", "main.phx", "db", "--action", "stop");
    assert.match(err, /PHX6009.*ct 101 db is needed by vm 102 web, which `stop` does not name/);
    assert.match(out, /\(to stop db\)/);
    const run = await act(project, "stop db app");
    assert.equal(
      [run.code, run.said],
      [
        4,
        [
          "~ ct 103 app: stop",
          "! ct 101 db: held back: needed by what runs: vm 102 web; stop that first, or say --with-dependents",
        ],
      ],
    );
    assert.equal(running(project), [101, 102]);
    await byHand(project, "qm shutdown 102");
    assert.equal((await act(project, "stop db")).said, ["~ ct 101 db: stop"]);
  }));

test("with those that need it, all of them are stopped, and none of the others", () =>
  withFleet(async (project) => {
    const run = await act(project, "stop web --with-dependents");
    assert.equal([run.code, run.said], [0, ["~ ct 103 app: stop", "~ vm 102 web: stop"]]);
    assert.equal(running(project), [101]);
  }));

test("what starts goes with what it needs, in order; once it runs there is nothing to do", () =>
  withFleet(async (project) => {
    await act(project, "stop db web app");
    const check = await act(project, "start app -- --check");
    const order = ["+ ct 101 db: start", "+ vm 102 web: start", "+ ct 103 app: start"];
    assert.equal([check.code, check.said], [2, order]);
    assert.equal((await act(project, "start app")).said, order);
    const quiet = await act(project, "start app");
    assert.equal([quiet.code, quiet.commands], [0, []]);
    await act(project, "stop app");
    assert.equal((await act(project, "start db --with-dependents")).said, ["+ ct 103 app: start"]);
  }));

test("a restart stops in the one order and starts in the other; what did not run is left so", () =>
  withFleet(async (project) => {
    const refused = await act(project, "restart web");
    const why = "! vm 102 web: held back: needed by what runs: ct 103 app; stop that first, or say --with-dependents";
    assert.equal([refused.code, refused.said, refused.commands], [4, [why], []]);
    const both = ["~ ct 103 app: stop", "~ vm 102 web: stop", "+ vm 102 web: start", "+ ct 103 app: start"];
    const check = await act(project, "restart web --with-dependents -- --check");
    assert.equal([check.code, check.said, check.commands], [2, both, []]);
    assert.equal((await act(project, "restart web --with-dependents")).said, both);
    assert.equal(running(project), [101, 102, 103]);
    await act(project, "stop app");
    assert.equal((await act(project, "restart web --with-dependents")).said, both.slice(1, 3));
    const { out } = await project.phxc("plan", "main.phx", "web", "--action", "restart", "--format", "bash");
    assert.match(out, /^# Running it again restarts them again; after an interruption/m);
    const none = await act(project, "restart app");
    assert.equal([none.code, none.said, none.commands], [0, [], []]);
  }));

test("a restart that is cut off anywhere is ended by the next run, which starts what it had stopped", () =>
  withFleet(async (project) => {
    const { out } = await project.phxc(
      ...["plan", "main.phx", "--format", "bash", "--action", "restart", "web", "--with-dependents"],
    );
    for (const when of ["before", "during", "after"] as const) {
      for (let at = 1; at <= 4; at++) {
        const cut = await project.host.runScript(out, [], { fault: { at, when, signal: "SIGKILL" } });
        assert.is.not(cut.code, 0);
        const next = await project.host.runScript(out);
        assert.is(next.code, 0, `${when} ${at}: ${next.stdout}${next.stderr}`);
        assert.equal(running(project), [101, 102, 103], `${when} ${at}`);
      }
    }
  }));

test("all guests of a host are meant by its name, less the templates; not for a destroy", () =>
  withFleet(async (project) => {
    assert.equal((await act(project, "stop pve1")).said.length, 3);
    const { code, err } = await project.phxc("plan", "main.phx", "pve1", "--action", "destroy");
    assert.is(code, 1);
    assert.match(err, /PHX6008.*`destroy` wants guests/);
  }));

test("a destroy wants --allow-destroy, the name, and neither protection nor what needs it", () =>
  withFleet(async (project) => {
    const without = await act(project, "destroy app");
    assert.equal([without.code, without.commands], [4, []]);
    assert.match(without.stdout, /ct 103 app: held back: to destroy it, needs --allow-destroy/);
    await byHand(project, "pct set 103 --protection 1");
    const kept = await act(project, "destroy app web -- --allow-destroy");
    assert.is(kept.code, 4);
    assert.match(kept.stdout, /ct 103 app: held back: protected \(protection: 1\)/);
    assert.match(kept.stdout, /vm 102 web: held back: it needs ct 103, which is held back/);
    await byHand(project, "pct set 103 --protection 0");
    const needed = await act(project, "destroy web -- --allow-destroy");
    assert.match(needed.stdout, /vm 102 web: held back: needed by what runs: ct 103 app/);
    await byHand(project, "pct set 103 --hostname other");
    const stranger = await act(project, "destroy app -- --allow-destroy");
    assert.equal([stranger.code, stranger.commands], [3, []]);
    await byHand(project, "pct set 103 --hostname app");
    const run = await act(project, "destroy web --with-dependents -- --allow-destroy");
    assert.equal([run.code, run.said], [0, ["- ct 103 app: destroy", "- vm 102 web: destroy"]]);
    const quiet = await act(project, "destroy web --with-dependents -- --allow-destroy");
    assert.equal([quiet.code, quiet.said, quiet.commands], [0, [], []]);
    assert.equal(
      project.host.guests().map(({ id }) => id),
      [101, 110, 111],
    );
    // The files still declare them, and the last plan that was applied is still the last one.
    assert.equal((await project.apply()).said.slice(0, 1), ["+ vm 102 web: create (qm create)"]);
  }));

test("a template is destroyed after its linked clones, and not while one exists", () =>
  withFleet(async (project) => {
    const held = await act(project, "destroy base -- --allow-destroy");
    assert.equal([held.code, held.commands], [4, []]);
    assert.match(held.stdout, /ct 110 base: held back: ct 111 copy is a linked clone of it/);
    const run = await act(project, "destroy base copy -- --allow-destroy");
    assert.equal([run.code, run.said], [0, ["- ct 111 copy: destroy", "- ct 110 base: destroy"]], run.stderr);
  }));

test("a guest that is not there is not started", () =>
  withFleet(async (project) => {
    await act(project, "destroy app -- --allow-destroy");
    for (const flags of ["", " -- --check"]) {
      const run = await act(project, `start app${flags}`);
      assert.is(run.code, flags === "" ? 4 : 2);
      assert.match(run.stdout, /ct 103 app: held back: it does not exist; a plan without --action makes it/);
    }
    assert.is((await act(project, "stop app")).code, 0);
  }));

test("their scripts are clean for the linters, and their data follow the schema", () =>
  withFleet(async ({ phxc }) => {
    const schema = JSON.parse(readFileSync(join(root, "schema/plan.schema.json"), "utf8")) as object;
    const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
    for (const action of ["start", "stop", "restart", "destroy"]) {
      const words = ["plan", "main.phx", "web", "base", "db", "--with-dependents", "--action", action, "--format"];
      const { out } = await phxc(...words, "json");
      assert.ok(validate(JSON.parse(out)), JSON.stringify(validate.errors));
      const isLinted = hasLinters() && ["restart", "destroy"].includes(action);
      if (isLinted) assert.equal(lintScript((await phxc(...words, "bash")).out), []);
    }
  }));

test("mistakes in calling it are told", () =>
  withFleet(async ({ phxc }) => {
    for (const [words, code, message] of [
      ["--action stop", 1, /PHX6008.*`stop` wants guests, each by its id or name/],
      ["--action stop nobody", 1, /PHX6001/],
      [
        "--action halt db",
        2,
        /takes converge, start, stop, restart, snapshot, rollback, destroy, health, rebuild-template, not `halt`/,
      ],
      ["--with-dependents db", 2, /`--with-dependents` is for `--action start`/],
      ["--action converge --with-dependents db", 2, /`--with-dependents` is for/],
      ["--action stop db --write", 2, /leave out `--action`/],
      ["--action start base", 0, /PHX6010.*nothing to start of ct 110 base: a template does not run/],
    ] as const) {
      const ran = await phxc("plan", "main.phx", ...words.split(" "));
      assert.is(ran.code, code, words + ran.err);
      assert.match(ran.err, message);
    }
    const script = await phxc("apply", "plans/pve1/plan.sh", "--action", "stop", "--host", "root@nowhere");
    assert.match(script.err, /a script does what is written in it/);
  }));

test.run();
