import { suite } from "uvu";
import * as assert from "uvu/assert";
import { killEverywhere } from "../support/faults.js";

const test = suite("plans killed before a command");

test("the next run reaches the same state, and the one after is quiet", async () => {
  const { cases, failures } = await killEverywhere("before");
  assert.is(failures.join("\n\n"), "");
  console.log(`  ${cases} cases`);
});

test.run();
