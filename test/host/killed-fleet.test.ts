import { suite } from "uvu";
import type { Seen, Undisturbed } from "../../src/rehearsal/index.js";
import { faultsAt, surviveAll, wholeFleet } from "../support/faults.js";
import { provesMatrix } from "../support/matrices.js";

const test = suite("clones and snapshots killed at every command");

const seen: Seen = new Map();
let whole: Undisturbed;

test.before(async () => {
  whole = await wholeFleet();
});

for (const when of ["before", "during", "after"] as const)
  test(`SIGKILL ${when}: the next run reaches the same state, and the one after it is quiet`, () =>
    surviveAll(whole, faultsAt(whole, when), seen));

provesMatrix(test, import.meta.url);

test.run();
