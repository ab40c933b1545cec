import { suite } from "uvu";
import { realTests, surviveReal } from "../support/deep.js";

const test = suite("the real configuration killed at every command");

realTests(test)(
  "SIGKILL before, during and after: the next run reaches the same state, and the one after it is quiet",
  () => surviveReal("SIGKILL"),
);

test.run();
