import { basename } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { guidePages } from "../support/pages/all.js";
import { runPage } from "../support/pages/run.js";

const test = suite("docs/guide");

for (const page of guidePages.filter((name) => basename(name) !== "README.md")) {
  test(`${basename(page)} can be followed from top to bottom, and shows what its commands print`, async () => {
    const count = await runPage(page);
    assert.ok(count > 0, "it has no command");
  });
}

test.run();
