import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, memoryFiles } from "../../src/index.js";
import { optionsPage } from "../support/options-page.js";
import { root } from "../support/paths.js";

const test = suite("docs/options.md");

test("it is made from the declarations", () => {
  const path = join(root, "docs/options.md");
  if (process.env["UPDATE_GOLDENS"] === "1") writeFileSync(path, optionsPage());
  assert.is(
    readFileSync(path, "utf8") === optionsPage(),
    true,
    "docs/options.md is stale; UPDATE_GOLDENS=1 npm test writes it",
  );
});

test("its example compiles", async () => {
  const [, example = ""] = /```phx\n(.*?)```/s.exec(optionsPage()) ?? [];
  const { diagnostics } = await compile({ entry: "a.phx", files: memoryFiles({ "a.phx": example }) });
  assert.equal(
    diagnostics.filter(({ severity }) => severity === "error"),
    [],
  );
  assert.ok(example.includes("watchdog"));
});

test("every row has its sentence, its value and its effect", () => {
  const rows = optionsPage()
    .split("\n")
    .filter((line) => line.startsWith("| `") && line.split(" | ").length === 7);
  assert.ok(rows.length > 250, `${rows.length} rows`);
  for (const line of rows) {
    const cells = line
      .slice(1, -1)
      .split(" | ")
      .map((cell) => cell.trim());
    for (const i of [0, 1, 2, 4, 6]) assert.ok(cells[i] !== "", line);
  }
});

test.run();
