import { suite } from "uvu";
import type { Seen } from "../../src/rehearsal/index.js";
import { realTests, wholeReal } from "../support/deep.js";
import { faultsAt, surviveAll } from "../support/faults.js";

const test = suite("the real configuration interrupted at every command");
const deep = realTests(test);
const seen: Seen = new Map();

for (const signal of ["SIGTERM", "SIGINT"] as const)
  deep(`${signal} before, during and after: it says how to go on, and the next run does`, async () => {
    const whole = await wholeReal();
    for (const when of ["before", "during", "after"] as const)
      await surviveAll(whole, faultsAt(whole, when, signal), seen);
  });

test.run();
