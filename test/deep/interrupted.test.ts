import { join } from "node:path";
import { suite } from "uvu";
import type { Undisturbed } from "../../src/rehearsal/index.js";
import { deepTests } from "../support/deep.js";
import { faultsAt, surviveAll, wholeFleet, wholeRun } from "../support/faults.js";
import { root } from "../support/paths.js";
import { compileFolder } from "../support/rehearsal.js";

const test = suite("plans interrupted at every command");
const deep = deepTests(test);

const homelab = async (): Promise<Undisturbed> =>
  wholeRun(await compileFolder(join(root, "examples/homelab"), "homelab.phx"));

for (const [name, make] of [
  ["the homelab", homelab],
  ["clones and snapshots", wholeFleet],
] as const)
  deep(`${name}: after SIGTERM or SIGINT it says how to go on, and the next run does`, async () => {
    const whole = await make();
    const seen = new Map();
    for (const signal of ["SIGTERM", "SIGINT"] as const)
      for (const when of ["before", "during", "after"] as const)
        await surviveAll(whole, faultsAt(whole, when, signal), seen);
  });

test.run();
