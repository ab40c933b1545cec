import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emitBash } from "../../src/emitters/bash/index.js";
import { emptyHost, undisturbed } from "../../src/rehearsal/index.js";
import { HOST, byHand, ct, vm, withApplied } from "../support/committed.js";
import type { CommittedProject } from "../support/committed.js";
import { faultsAt, surviveAll } from "../support/faults.js";
import { provesMatrix } from "../support/matrices.js";
import { planOf, step } from "../support/sample-plan.js";

const test = suite("actions on demand, and commands of plugins, cut off anywhere");

const MOMENTS = ["before", "during", "after", "fail"] as const;

const ON = "state = running\n";
/** web needs db. */
const FLEET = [HOST, ct(101, "db", ON), vm(102, "web", `${ON}needs = [db]`)].join("");

/** The script of an action, which may destroy. */
async function scriptOf({ phxc }: CommittedProject, line: string): Promise<string> {
  const { code, out, err } = await phxc("plan", "main.phx", "--format", "bash", "--action", ...line.split(" "));
  assert.is(code, 0, err);
  return out.replace(/^ALLOW_DESTROY=0 /m, "ALLOW_DESTROY=1 ");
}

test("a rollback leads to the snapshot, however often it is begun", () =>
  withApplied(FLEET, async (project) => {
    for (const line of ["pct snapshot 101 good", "qm snapshot 102 good", "pct set 101 --memory 1024"])
      await byHand(project, line);
    const script = await scriptOf(project, "rollback db --snapshot good --with-dependents");
    const whole = { ...(await undisturbed(script, project.host.capture())), repeats: true } as const;
    assert.is(whole.run.code, 0, whole.run.stdout + whole.run.stderr);
    assert.ok(whole.commands.includes("pct rollback 101 good"), whole.commands.join("\n"));
    const seen = new Map();
    for (const when of MOMENTS) await surviveAll(whole, faultsAt(whole, when), seen);
  }));

test("a destroy goes on where it was cut off", () =>
  withApplied(FLEET, async (project) => {
    const script = await scriptOf(project, "destroy db --with-dependents");
    const whole = await undisturbed(script, project.host.capture());
    assert.is(whole.run.code, 0, whole.run.stdout + whole.run.stderr);
    assert.ok(whole.commands.includes("pct destroy 101 --purge 1"), whole.commands.join("\n"));
    const seen = new Map();
    for (const when of MOMENTS) await surviveAll(whole, faultsAt(whole, when), seen);
  }));

test("a command of a plugin is run again unless its question says that it has been", async () => {
  const command = (id: string, owner: string, asked: { readonly stdout?: string }) =>
    step(id, "host", "thing.x", id, { kind: "command", argv: ["stat", "-c", "%u", "/etc/x"], ...asked }, [
      ["chown", owner, "/etc/x"],
    ]);
  const script = emitBash(planOf([command("thing.x", "5:5", { stdout: "5" })]), { version: "1" });
  const whole = await undisturbed(script, emptyHost({ files: { "/etc/x": "x\n" }, devices: ["/dev/null"] }));
  assert.is(whole.run.code, 0, whole.run.stdout + whole.run.stderr);
  const seen = new Map();
  for (const when of MOMENTS) await surviveAll(whole, faultsAt(whole, when), seen);
});

provesMatrix(test, import.meta.url);

test.run();
