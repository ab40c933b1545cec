import { suite } from "uvu";
import { realTests, surviveReal } from "../support/deep.js";

const test = suite("the real configuration terminated at every command");

realTests(test)("SIGTERM before, during and after: it says how to go on, and the next run does", () =>
  surviveReal("SIGTERM"),
);

test.run();
