import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { inFolder } from "../support/folder.js";
import { fences } from "../support/markdown.js";
import { guidePages } from "../support/pages/all.js";
import { runPage } from "../support/pages/run.js";
import { root } from "../support/paths.js";
import { runCli } from "../support/terminal.js";

const test = suite("docs/guide");

for (const page of guidePages.filter((name) => basename(name) !== "README.md")) {
  test(`${basename(page)} can be followed from top to bottom, and shows what its commands print`, async () => {
    const count = await runPage(page);
    assert.ok(count > 0, "it has no command");
  });
}

test("its .phx files are in their canonical form", async () => {
  const blocks = guidePages.flatMap((page) =>
    fences(readFileSync(join(root, page), "utf8"))
      .filter(({ language }) => language === "phx")
      .map(({ line, text }) => [`${basename(page, ".md")}-${line}.phx`, text] as const),
  );
  assert.ok(blocks.length > 10);
  await inFolder(Object.fromEntries(blocks), async (cwd) => {
    const { code, out } = await runCli(["fmt", "--check", "."], { cwd });
    assert.is(code, 0, out);
  });
});

test.run();
