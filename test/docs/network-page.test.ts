import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import { memoryFiles } from "../../src/host/files.js";
import { wholeRun } from "../support/faults.js";
import { fences } from "../support/markdown.js";
import { compileSource } from "../support/rehearsal.js";

const test = suite("docs/network.md");

const examples = fences(readFileSync("docs/network.md", "utf8")).flatMap(({ language, text }) =>
  language === "phx" ? [text] : [],
);

test("its examples compile without a finding, and run", async () => {
  assert.ok(examples.length > 0);
  for (const source of examples) {
    const { diagnostics } = await compile({ entry: "main.phx", files: memoryFiles({ "main.phx": source }) });
    assert.equal(
      diagnostics.map(({ code, message }) => `${code} ${message}`),
      [],
    );
    await wholeRun(await compileSource(source));
  }
});

test.run();
