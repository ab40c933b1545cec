import { join } from "node:path";
import { suite } from "uvu";
import { presupposed, rehearse } from "../../src/rehearsal/index.js";
import { faultsAt, surviveAll, wholeFleet, wholeRun } from "../support/faults.js";
import { root } from "../support/paths.js";
import { compileFolder } from "../support/rehearsal.js";

const test = suite("every command fails once");

test("the homelab: the failure is reported, the next run reaches the same state, and the one after it is quiet", async () => {
  const whole = await wholeRun(await compileFolder(join(root, "examples/homelab"), "homelab.phx"));
  await surviveAll(whole, faultsAt(whole, "fail"));
});

test("clones and snapshots: the same", async () => {
  const whole = await wholeFleet();
  await surviveAll(whole, faultsAt(whole, "fail"));
});

test("on a host where all is done: a question that fails changes nothing", async () => {
  const homelab = await compileFolder(join(root, "examples/homelab"), "homelab.phx");
  const { state } = await rehearse(homelab.script, presupposed(homelab.plan), { twice: false });
  const whole = await wholeRun(homelab, state);
  await surviveAll(whole, faultsAt(whole, "fail"));
});

test.run();
