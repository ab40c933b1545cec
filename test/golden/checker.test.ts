import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { annotatedGolden, annotatedSources } from "../support/annotate.js";
import { checkText } from "../support/check.js";
import { root } from "../support/paths.js";

const folder = join(root, "test/golden/checker");

const test = suite("checker goldens");

for (const name of annotatedSources("checker")) {
  test(name, () => annotatedGolden("checker", name, (source) => checkText(source).findings));
}

test("every finding lies inside its file", () => {
  for (const name of readdirSync(folder)) {
    for (const { span, related } of checkText(readFileSync(join(folder, name), "utf8")).findings) {
      for (const { file, start, end } of [span, ...related.map((each) => each.span)]) {
        assert.ok(start >= 0 && start <= end && end <= file.text.length, name);
      }
    }
  }
});

test.run();
