import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { guidePages, pages } from "../support/pages/all.js";
import { blocksOf } from "../support/pages/blocks.js";
import { misuse } from "../support/pages/command-lines.js";
import { runPage } from "../support/pages/run.js";
import { root } from "../support/paths.js";
import { compileSource } from "../support/rehearsal.js";

const test = suite("commands of the pages");
const read = (page: string): string => readFileSync(join(root, page), "utf8");

/** The pages of the guide have a test of their own, which runs beside this one. */
for (const page of pages.filter((name) => !guidePages.includes(name))) {
  if (!blocksOf(read(page)).some(({ role }) => role.kind === "run")) continue;
  test(`those of ${page} end as it says, and print what it shows`, async () => {
    await runPage(page);
  });
}

/** What no test can run, with the reason that the page gives. */
const NOT_RUN: readonly string[] = [
  "README.md: it installs and builds what is missing",
  "README.md: it runs the tests that look at this page",
];

test("what is not run is known, one by one", () => {
  const found = pages.flatMap((page) =>
    blocksOf(read(page)).flatMap(({ role }) => (role.kind === "real" ? [`${page}: ${role.why}`] : [])),
  );
  assert.equal(found, NOT_RUN);
});

test("every command line of phxc in a page is one that phxc understands", async () => {
  const found = pages.flatMap((page) =>
    page === "docs/runtime.md" ? [] : commandLines(read(page)).map((line) => ({ page, line })),
  );
  assert.ok(found.length > 50);
  const wrong: string[] = [];
  for (const { page, line } of found) {
    const problem = await misuse(line);
    // What ends with an option only mentions it.
    const isMention = /--\S+$/.test(line) && problem?.includes("wants a value") === true;
    if (problem !== undefined && !isMention) wrong.push(`${page}: ${line}: ${problem}`);
  }
  assert.equal(wrong, []);
});

test("every option of a script that a page names is one that scripts take", async () => {
  const { script } = await compileSource("host pve { node = pve }\n");
  const [, usage = ""] = /^Usage: bash (.*?)\nTEXT$/ms.exec(script) ?? [];
  const taken = new Set([...usage.matchAll(/--[a-z-]+/g)].map(([option]) => option));
  assert.ok(taken.has("--check") && taken.size > 10);
  const wrong = pages
    .filter((page) => page !== "CHANGELOG.md")
    .flatMap((page) =>
      [...read(page).matchAll(/`bash \S+\.sh ([^`]*)`/g)].flatMap(([line, options = ""]) =>
        [...options.matchAll(/--[a-z-]+/g)].flatMap(([option]) => (taken.has(option) ? [] : [`${page}: ${line}`])),
      ),
    );
  assert.equal(wrong, []);
});

/** Those in blocks, and those within a sentence; what is a digest behind `phxc` is a mark of the runtime. */
function commandLines(page: string): readonly string[] {
  const blocks = blocksOf(page).flatMap(({ language, text }) =>
    language === "sh" || language === "text" ? text.split("\n") : [],
  );
  const inline = [...page.matchAll(/(?<!`)`(phxc (?![0-9a-f]{16})[^`]+)`(?!`)/g)].map(([, line = ""]) => line);
  return [...blocks.filter((line) => line.startsWith("phxc ")), ...inline];
}

test.run();
