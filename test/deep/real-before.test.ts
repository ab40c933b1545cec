import { suite } from "uvu";
import { realTests, surviveReal } from "../support/deep.js";

const test = suite("the real configuration cut off before every command");
const deep = realTests(test);

deep("killed, interrupted or terminated: the next run reaches the same state, and the one after it is quiet", () =>
  surviveReal("before"),
);

test.run();
