import { suite } from "uvu";
import type { Seen } from "../../src/rehearsal/index.js";
import { realTests, wholeReal } from "../support/deep.js";
import { faultsAt, surviveAll } from "../support/faults.js";

const test = suite("the real configuration killed at every command");
const deep = realTests(test);

deep(
  "SIGKILL before, during and after: the next run reaches the same state, and the one after it is quiet",
  async () => {
    const whole = await wholeReal();
    const seen: Seen = new Map();
    for (const when of ["before", "during", "after"] as const) await surviveAll(whole, faultsAt(whole, when), seen);
  },
);

test.run();
