import { join } from "node:path";
import { suite } from "uvu";
import type { Seen, Undisturbed } from "../../src/rehearsal/index.js";
import { faultsAt, surviveAll, wholeRun } from "../support/faults.js";
import { root } from "../support/paths.js";
import { compileFolder } from "../support/rehearsal.js";

const test = suite("the homelab killed at every command");

const seen: Seen = new Map();
let whole: Undisturbed;

test.before(async () => {
  whole = await wholeRun(await compileFolder(join(root, "examples/homelab"), "homelab.phx"));
});

for (const when of ["before", "during", "after"] as const)
  test(`SIGKILL ${when}: the next run reaches the same state, and the one after it is quiet`, () =>
    surviveAll(whole, faultsAt(whole, when), seen));

test("SIGTERM and SIGINT at some commands: it says how to go on, and the next run does", () =>
  surviveAll(whole, [...faultsAt(whole, "before", "SIGTERM", 8), ...faultsAt(whole, "during", "SIGINT", 7)], seen));

test.run();
