import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { annotatedGolden, annotatedSources } from "../support/annotate.js";
import { golden } from "../support/golden.js";
import { root } from "../support/paths.js";
import { parseText, tree } from "../support/phx.js";

const test = suite("parser goldens");

for (const name of annotatedSources("parser")) {
  test(name, () => annotatedGolden("parser", name, (source) => parseText(source).diagnostics));
}

for (const name of ["sample", "comments"]) {
  test(`the tree of ${name}`, () => {
    const { document, diagnostics } = parseText(readFileSync(join(root, `test/golden/parser/${name}.phx`), "utf8"));
    assert.equal(diagnostics, []);
    golden(`parser/${name}.tree`, tree(document));
  });
}

test.run();
