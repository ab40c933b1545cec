import { suite } from "uvu";
import * as assert from "uvu/assert";
import { unprovenMatrices } from "../support/matrices.js";

const test = suite("matrices of faults");

test("each file that cuts off steps of a kind proves that it does", () => {
  assert.equal(unprovenMatrices(), []);
});

test.run();
