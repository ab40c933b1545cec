import { suite } from "uvu";
import { realTests, surviveReal } from "../support/deep.js";

const test = suite("the real configuration interrupted at every command");

realTests(test)("SIGINT before, during and after: it says how to go on, and the next run does", () =>
  surviveReal("SIGINT"),
);

test.run();
