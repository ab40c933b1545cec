import { suite } from "uvu";
import * as assert from "uvu/assert";
import { survive, undisturbed } from "../../src/rehearsal/index.js";
import { HOST, ct, settled, vm, withCommitted } from "../support/committed.js";
import { surviveCuts } from "../support/cuts.js";
import { faultsAt, surviveAll } from "../support/faults.js";
import { provesMatrix } from "../support/matrices.js";

const test = suite("work in guests, raw lines and restarts cut off anywhere");

const BEFORE =
  HOST +
  ct(101, "web", 'state = running\nraw { "lxc.apparmor.profile" = unconfined, "lxc.cap.keep" = [chown] }') +
  vm(102, "app", "state = running\nrestart = when-needed\nmemory = 1GiB");

const AFTER =
  HOST +
  ct(
    101,
    "web",
    `state = running
  raw { "lxc.apparmor.profile" = generated, "lxc.cap.keep" = [chown, kill] }
  mount "/srv/web" { at = "/srv", owner = 33:33 }
  feature base_setup { packages = [jq] }
  check up { run = "true", retries = 0 }`,
  ) +
  vm(102, "app", "state = running\nrestart = when-needed\nmemory = 2GiB") +
  ct(110, "base", "template = true\nfeature base_setup { packages = [curl] }");

test("the next run reaches the same state, and the one after it is quiet", () =>
  withCommitted(async (project) => {
    const { write, read, host } = project;
    await write(BEFORE);
    await settled(project);
    await write(AFTER);
    const whole = await undisturbed(read("plans/pve1/plan.sh"), host.capture());
    assert.is(whole.run.code, 0, whole.run.stdout + whole.run.stderr);
    for (const wanted of ["qm reboot 102", "pct start 110", "pct shutdown 110 --forceStop 1"])
      assert.ok(whole.commands.includes(wanted), whole.commands.join("\n"));
    const seen = new Map();
    for (const when of ["before", "during", "after", "fail"] as const)
      await surviveAll(whole, faultsAt(whole, when), seen);
    await surviveCuts(whole, seen);
  }));

test("checks of a guest that a run changed before it was cut off are asked by the next one", () =>
  withCommitted(async (project) => {
    const { write, read, host } = project;
    const web = (more: string): string =>
      HOST + ct(101, "web", `state = running\n${more}\ncheck up { run = "true", retries = 0 }`);
    await write(web("cores = 1"));
    await settled(project);
    await write(web("cores = 2\nfirewall { in accept tcp 22 }"));
    const whole = await undisturbed(read("plans/pve1/plan.sh"), host.capture());
    assert.equal(
      whole.commands.map((line) => line.replace(/ --digest \w+/, "")),
      ["pct set 101 --cores 2", "pct exec 101 -- timeout 30 sh -c true"],
    );
    for (const when of ["before", "during", "after"] as const) {
      const { next, problem } = await survive(whole, { at: 1, when });
      assert.is(problem, undefined);
      assert.match(next?.stdout ?? "", "ct 101 web: check up passed");
    }
  }));

provesMatrix(test, import.meta.url);

test.run();
