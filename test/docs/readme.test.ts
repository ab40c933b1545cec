import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import { renderText } from "../../src/diagnostics/index.js";
import { memoryFiles } from "../../src/host/files.js";
import { fences, prose, type Fence } from "../support/markdown.js";
import { guidePages, pages } from "../support/pages/all.js";
import { root } from "../support/paths.js";

const read = (page: string): string => readFileSync(join(root, page), "utf8");
const blocks = (language: string): readonly (Fence & { readonly page: string })[] =>
  pages.flatMap((page) =>
    fences(read(page))
      .filter((fence) => fence.language === language)
      .map((fence) => ({ ...fence, page })),
  );

const test = suite("docs");

test("every phx block compiles, unless it is marked as a fragment, or as a file of a project that a test of its page compiles", async () => {
  const shown = blocks("phx").filter((block) => !/^(fragment$|file |append )/.test(block.mark));
  assert.ok(shown.length > 0);
  for (const { page, line, text } of shown) {
    const { diagnostics } = await compile({ entry: "page.phx", files: memoryFiles({ "page.phx": text }) });
    const errors = diagnostics.filter((finding) => finding.severity === "error");
    assert.equal(errors.length, 0, `${page}:${line}\n${renderText(errors)}`);
  }
});

test("every npm script that a page names exists", () => {
  const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
  for (const page of pages) {
    for (const [, name] of read(page).matchAll(/\bnpm run ([\w:-]+)/g)) {
      assert.ok(name !== undefined && name in scripts, `${page}: npm run ${name}`);
    }
  }
});

test("every relative link leads to something", () => {
  for (const page of pages) {
    for (const [, target] of prose(read(page)).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)) {
      assert.ok(existsSync(join(root, dirname(page), target ?? "")), `${page}: ${target}`);
    }
  }
});

test("the page about the architecture says of every folder what lives there", () => {
  const page = read("docs/architecture.md");
  const folders = (under: string): readonly string[] =>
    readdirSync(join(root, under), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${under}${name}`);
  // `test` has its folders in one row, `docs` the pages of the README; what tools make is no part of the project.
  const others = new Set(["src", "templates", "test", "docs", "node_modules", "build", "dist", "coverage"]);
  const top = folders("").filter((name) => !name.startsWith(".") && !others.has(name));
  const all = [...top, ...folders("src/"), ...folders("templates/"), ...folders("docs/")];
  assert.equal(
    all.filter((name) => !page.includes(`\`${name}\``)),
    [],
  );
});

test("the README leads to every page of docs, and the guide's to every page of the guide", () => {
  const [readme, guide] = [read("README.md"), read("docs/guide/README.md")];
  assert.equal(
    pages.filter((page) => /^docs\/[\w-]+\.md$/.test(page) && !readme.includes(`](${page})`)),
    [],
  );
  const named = guidePages.map((page) => page.slice("docs/guide/".length)).filter((name) => name !== "README.md");
  assert.equal(
    named.filter((name) => !guide.includes(`](${name})`)),
    [],
  );
});

test("the README begins with the two commands", () => {
  const commands = fences(read("README.md")).slice(0, 2);
  assert.equal(
    commands.map((fence) => fence.text),
    ["npm run demo\n", "npm test\n"],
  );
});

test.run();
