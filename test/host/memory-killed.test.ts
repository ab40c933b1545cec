import { suite } from "uvu";
import * as assert from "uvu/assert";
import { undisturbed } from "../../src/rehearsal/faults.js";
import type { HostState } from "../../src/rehearsal/index.js";
import { HOST, byHand, ct, vm, withCommitted } from "../support/committed.js";
import { faultsAt, surviveAll } from "../support/faults.js";
import { provesMatrix } from "../support/matrices.js";

const test = suite("a plan that takes things back, cut off anywhere");

const LAN = "network lan { bridge = vmbr0, subnet = 10.0.0.0/24 }\n";
const BEFORE = [
  HOST,
  LAN,
  ct(101, "a", 'state = running\ncores = 2\nmount "/srv/a" { at = "/a" }\nfirewall { in accept tcp 22 }'),
  ct(102, "b", "snapshot one { }\nsnapshot two { }"),
  vm(
    103,
    "c",
    "state = running\ncores = 2\nnet lan { ip = none, vlan = 5 }\ndisk data { size = 1GiB, storage = other }",
  ),
  ct(104, "d", 'state = running\nneeds = [a]\ndisk data { size = 1GiB, storage = other, at = "/data" }'),
  vm(110, "base", "template = true"),
  "vm 111 copy {\n clone = base\n state = running\n}\n",
].join("");
const AFTER = [HOST, LAN, ct(101, "a"), ct(102, "b", "snapshot one { }"), vm(103, "c", "net lan { ip = none }")].join(
  "",
);

/** The host after the first plan, with one disk of the guest that goes detached by hand, and the script of the second. */
async function between(): Promise<{ readonly state: HostState; readonly script: string }> {
  return withCommitted(async (project) => {
    await project.write(BEFORE);
    assert.is((await project.apply()).code, 0);
    await byHand(project, "pct shutdown 104");
    await byHand(project, "pct set 104 --delete mp0");
    await byHand(project, "pct start 104");
    await project.write(AFTER);
    const script = project.read("plans/pve1/plan.sh");
    return { state: project.host.capture(), script: script.replace(/^ALLOW_DESTROY=0 /m, "ALLOW_DESTROY=1 ") };
  });
}

test("killed before, during and after every command, and with every command failing once", async () => {
  const { state, script } = await between();
  const whole = await undisturbed(script, state);
  assert.is(whole.run.code, 0, whole.run.stdout + whole.run.stderr);
  const commands = whole.commands.map((line) => line.replace(/ --digest \w+/, ""));
  for (const wanted of [
    "pct delsnapshot 102 two",
    "qm shutdown 111 --forceStop 1",
    "qm destroy 111 --purge 1",
    "qm destroy 110 --purge 1",
    "pct destroy 104 --purge 1",
  ])
    assert.ok(commands.includes(wanted), commands.join("\n"));
  for (const when of ["before", "during", "after", "fail"] as const) await surviveAll(whole, faultsAt(whole, when));
});

provesMatrix(test, import.meta.url);

test.run();
