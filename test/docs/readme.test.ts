import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import { renderText } from "../../src/diagnostics/index.js";
import { memoryFiles } from "../../src/host/files.js";
import { fences, type Fence } from "../support/markdown.js";
import { root } from "../support/paths.js";

/** Pages for people; those of the diagnostics have a test of their own. */
const pages = [
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md"],
  ...readdirSync(join(root, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  "examples/four-docker-vms/README.md",
];

const read = (page: string): string => readFileSync(join(root, page), "utf8");
const blocks = (language: string): readonly (Fence & { readonly page: string })[] =>
  pages.flatMap((page) =>
    fences(read(page))
      .filter((fence) => fence.language === language)
      .map((fence) => ({ ...fence, page })),
  );

const test = suite("docs");

test("every phx block compiles, unless it is marked as a fragment, or as a file of a project that a test of its page compiles", async () => {
  const shown = blocks("phx").filter((block) => block.mark !== "fragment" && !block.mark.startsWith("file "));
  assert.ok(shown.length > 0);
  for (const { page, line, text } of shown) {
    const { diagnostics } = await compile({ entry: "page.phx", files: memoryFiles({ "page.phx": text }) });
    const errors = diagnostics.filter((finding) => finding.severity === "error");
    assert.equal(errors.length, 0, `${page}:${line}\n${renderText(errors)}`);
  }
});

test("every command that is marked to be run succeeds", () => {
  const folder = mkdtempSync(join(tmpdir(), "phxc-docs-"));
  try {
    cpSync(join(root, "examples"), join(folder, "examples"), { recursive: true });
    const marked = blocks("sh").filter((block) => block.mark === "run");
    assert.ok(marked.length > 0);
    for (const { page, text } of marked) {
      for (const line of text.split("\n").filter((command) => command !== "")) {
        const [program, ...args] = line.replace(/\s+#.*$/, "").split(/\s+/);
        assert.is(program, "phxc", `${page}: ${line}`);
        const { status, stderr } = spawnSync(process.execPath, [join(root, "dist/phxc.cjs"), ...args], {
          cwd: folder,
          encoding: "utf8",
        });
        assert.is(status, 0, `${page}: ${line}\n${stderr}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
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
    for (const [, target] of read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)) {
      assert.ok(existsSync(join(root, dirname(page), target ?? "")), `${page}: ${target}`);
    }
  }
});

test("the README begins with the two commands", () => {
  const commands = fences(read("README.md")).slice(0, 2);
  assert.equal(
    commands.map((fence) => fence.text),
    ["npm run demo\n", "npm test\n"],
  );
});

test.run();
