import { suite } from "uvu";
import { realTests, wholeReal } from "../support/deep.js";
import { faultsAt, surviveAll } from "../support/faults.js";

const test = suite("every command of the real configuration fails once");
const deep = realTests(test);

deep("the failure is reported, the next run reaches the same state, and the one after it is quiet", async () => {
  for (const whole of await wholeReal()) await surviveAll(whole, faultsAt(whole, "fail"));
});

test.run();
