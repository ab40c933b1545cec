import { suite } from "uvu";
import * as assert from "uvu/assert";
import { undisturbed } from "../../src/rehearsal/index.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { HOST, byHand, ct, settled, vm, withCommitted } from "../support/committed.js";
import type { CommittedProject } from "../support/committed.js";
import { faultsAt, surviveAll, wholeRun } from "../support/faults.js";
import { compileProject, compileSource, mutating, withEmptyHost } from "../support/rehearsal.js";
import { another, applied, webCt } from "../support/script-host.js";

const test = suite("lifecycle snapshots");

/** The snapshots of a guest, in the order of their names. */
function names(project: CommittedProject, kind: "vm" | "ct", id: number): readonly string[] {
  return [...project.conf(kind, id).matchAll(/^\[([\w-]+)\]$/gm)].map(([, name = ""]) => name);
}

const series = (memory: string, keep = 2): string =>
  HOST + ct(101, "web", `memory = ${memory}\nsnapshot state { keep = ${keep} }`);

const MIB = ["512MiB", "768MiB", "1024MiB", "1280MiB"] as const;

/** A project whose container has had so many changes. */
async function changed(times: number, use: (project: CommittedProject) => Promise<void>): Promise<void> {
  await withCommitted(async (project) => {
    for (const memory of MIB.slice(0, times)) {
      await project.write(series(memory));
      await settled(project);
    }
    await use(project);
  });
}

test("of a series the next is taken when the guest has changed, and the oldest beyond those that are kept is deleted", () =>
  changed(3, async (project) => {
    assert.equal(names(project, "ct", 101), ["state-2", "state-3"]);
    await project.write(series(MIB[3]));
    const check = await project.apply("--check");
    const said = [
      "~ ct 101 web: memory 1024 -> 1280",
      "+ ct 101 web: snapshot state-4",
      "- ct 101 web: delete snapshot state-2: 2 are kept",
    ];
    assert.equal([check.code, check.said, check.commands], [2, said, []]);
    assert.equal(await settled(project), said);
    assert.equal(names(project, "ct", 101), ["state-3", "state-4"]);
  }));

test("a change that is none of the guest's own takes none: one is taken of what a snapshot would hold", () =>
  changed(1, async (project) => {
    await project.write(series(MIB[0]) + ct(102, "other"));
    await settled(project);
    assert.equal(names(project, "ct", 101), ["state-1"]);
  }));

test("what somebody changed and the plan took back leaves the series as it is", () =>
  changed(1, async (project) => {
    await byHand(project, "pct set 101 --memory 2048");
    assert.equal(await settled(project), ["~ ct 101 web: memory 2048 -> 512"]);
    assert.equal(names(project, "ct", 101), ["state-1"]);
  }));

test("a snapshot of somebody else's is neither counted nor deleted, and its number is not taken", () =>
  changed(1, async (project) => {
    await byHand(project, "pct snapshot 101 state-7");
    await byHand(project, "pct snapshot 101 mine");
    for (const memory of MIB.slice(1)) {
      await project.write(series(memory, 1));
      await settled(project);
    }
    assert.equal(names(project, "ct", 101), ["mine", "state-10", "state-7"]);
  }));

test("when fewer are to be kept the oldest go at once", () =>
  changed(2, async (project) => {
    await project.write(series(MIB[1], 1));
    assert.equal(await settled(project), ["- ct 101 web: delete snapshot state-1: 1 are kept"]);
    assert.equal(names(project, "ct", 101), ["state-2"]);
  }));

test("a series that leaves the files is told, and deleted with --allow-destroy, but for what others took", () =>
  changed(2, async (project) => {
    await byHand(project, "pct snapshot 101 state-9");
    await project.write(HOST + ct(101, "web", `memory = ${MIB[1]}`));
    const told = await project.apply();
    assert.equal([told.code, told.commands], [0, []]);
    assert.match(told.stdout, "snapshot state-1 is no longer declared; to delete, needs --allow-destroy");
    await settled(project, "--allow-destroy");
    assert.equal(names(project, "ct", 101), ["state-9"]);
  }));

test("what is installed in a guest counts as well", async () => {
  const fleet = (version: string): string =>
    webCt(`feature docker { source = docker, version = "${version}" }\nsnapshot state { keep = 3 }`);
  await applied(fleet("28.3"), async ({ host }) => {
    const next = await another(host, fleet("28.4"));
    const lines = mutating(await next.apply()).filter((line) => line.startsWith("pct snapshot"));
    assert.match(lines.join("\n"), /^pct snapshot 200 state-2 --description phxc [0-9a-f]{16}$/);
    await next.quiet();
  });
});

const SCRIPTED = {
  "main.phx": `ct 200 web {
  image = "local:vztmpl/debian-13.tar.zst"
  unprivileged = true
  state = running
  disk root { size = 4GiB, storage = local-lvm }
  feature base_setup {}
  script "app.sh" {}
  check up { run = "true" }
  snapshot pre-features {}
  snapshot post-features {}
  snapshot final-form {}
}
`,
  "scripts/app.sh": "#!/bin/sh\ntrue\n",
};

test("each is taken at its moment: before the first start, between features and scripts, after the checks", async () => {
  const { plan, script } = await compileProject(SCRIPTED);
  await withEmptyHost(plan, async (host: SimulatedHost) => {
    const run = await host.runScript(script);
    assert.is(run.code, 0, run.stdout + run.stderr);
    const said = run.stdout.split("\n").flatMap((line) => /^(?:\+ |  )ct 200 web: (.*)/.exec(line)?.[1] ?? []);
    const order = said.filter((line) => !line.includes("configure"));
    assert.equal(order, [
      "create (pct create)",
      "snapshot pre-features",
      "start",
      "feature base_setup",
      "snapshot post-features",
      "script app.sh",
      "check up passed",
      "snapshot final-form",
    ]);
  });
});

test("a moment that is said counts, not the name", async () => {
  const { plan } = await compileSource(
    ct(101, "a", "snapshot pre-features { moment = finished }\nsnapshot mine { moment = configured }"),
  );
  const phases = plan.steps.flatMap(({ id, phase }) => (id.includes("snapshot") ? [`${id} ${phase}`] : []));
  assert.equal(phases, ["ct.101.snapshot.mine configure", "ct.101.snapshot.pre-features finish"]);
});

test("a run that is killed at any command leaves a series that the next one completes", async () => {
  const fleet =
    ct(101, "web", "snapshot pre-features {}\nsnapshot state { keep = 1 }") +
    vm(102, "app", "snapshot state { keep = 2 }");
  const whole = await wholeRun(await compileSource(fleet));
  for (const when of ["before", "during", "after"] as const) await surviveAll(whole, faultsAt(whole, when));
});

test("so does one that is killed while the oldest goes", () =>
  changed(2, async (project) => {
    await project.write(series(MIB[2]));

    const whole = await undisturbed(project.read("plans/pve1/plan.sh"), project.host.capture());
    assert.is(whole.run.code, 0, whole.run.stdout + whole.run.stderr);
    assert.match(mutating(whole.run).join("\n"), "pct delsnapshot 101 state-1");
    for (const when of ["before", "during", "after"] as const) await surviveAll(whole, faultsAt(whole, when));
  }));

test.run();
