import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import { memoryFiles } from "../../src/host/files.js";

const test = suite("docs/zfs.md");

test("its examples compile without a finding that asks for anything", async () => {
  const page = readFileSync("docs/zfs.md", "utf8");
  const examples = [...page.matchAll(/^```phx\n(.*?)^```/gms)].map(([, source]) => source ?? "");
  assert.ok(examples.length >= 4);
  for (const source of examples) {
    const { diagnostics, plan } = await compile({ entry: "main.phx", files: memoryFiles({ "main.phx": source }) });
    assert.equal(
      diagnostics.filter(({ severity }) => severity !== "note").map(({ code, message }) => `${code} ${message}`),
      [],
    );
    assert.ok(plan);
  }
});

test.run();
