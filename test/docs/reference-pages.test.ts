import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { functionUsages } from "../../src/checker/functions.js";
import { compile, memoryFiles } from "../../src/index.js";
import { presupposed, rehearse, standIns } from "../../src/rehearsal/index.js";
import { kinds } from "../support/model.js";
import { root } from "../support/paths.js";
import { kindNotes } from "../support/reference/becomes.js";
import { PHXC_CODES, SCRIPT_CODES } from "../support/reference/exit-codes-page.js";
import { exampleOf } from "../support/reference/kind-page.js";
import { functionNotes } from "../support/reference/language-page.js";
import { referencePages } from "../support/reference/pages.js";
import { compileSource } from "../support/rehearsal.js";
import { runCli } from "../support/terminal.js";

const folder = join(root, "docs/reference");
const test = suite("docs/reference");

test("its pages are what the declarations say, and there are no others; UPDATE_GOLDENS=1 writes them", async () => {
  const pages = await referencePages();
  if (process.env["UPDATE_GOLDENS"] === "1") {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    for (const [name, text] of pages) writeFileSync(join(folder, name), text);
  }
  assert.equal(readdirSync(folder).sort(), [...pages.keys()].sort());
  const stale = [...pages].filter(([name, text]) => readFileSync(join(folder, name), "utf8") !== text);
  assert.equal(
    stale.map(([name]) => name),
    [],
    "stale; `npm run goldens -- docs/reference` writes them",
  );
});

test("every kind has notes and an example, and nothing else has", () => {
  const keywords = [...kinds.keys()].sort();
  assert.equal(Object.keys(kindNotes).sort(), keywords);
  const examples = readdirSync(join(root, "test/support/reference/examples"));
  assert.equal(examples.map((name) => name.replace(/\.phx$/, "")).sort(), keywords);
  const missing = Object.values(kindNotes)
    .flatMap(({ pages }) => pages)
    .filter((page) => !existsSync(join(root, "docs", page)));
  assert.equal(missing, []);
});

for (const keyword of kinds.keys()) {
  test(`the example of ${keyword} is canonical, without a finding, and goes through twice`, async () => {
    const text = exampleOf(keyword);
    assert.match(text, new RegExp(`^${keyword} `, "m"));
    const files = memoryFiles({ "main.phx": text });
    const { diagnostics } = await compile({ entry: "main.phx", files });
    assert.equal(
      diagnostics.map(({ code, message }) => `${code} ${message}`),
      [],
    );
    const { code, err } = await runCli(["fmt", "--check", `${keyword}.phx`], {
      cwd: join(root, "test/support/reference/examples"),
    });
    assert.is(code, 0, err);
    const { plan, script } = await compileSource(text);
    const { first, passed } = await rehearse(script, presupposed(plan), { twice: true, secrets: standIns(plan) });
    assert.ok(passed, first.stdout + first.stderr);
  });
}

test("every option of a guest has its sentence, its value and its effect", async () => {
  const pages = await referencePages();
  const isOption = (cell: string): boolean => cell.startsWith("`--");
  const rows = ["vm.md", "ct.md"].flatMap((name) =>
    (pages.get(name) ?? "").split("\n").filter((line) => line.split(" | ").slice(3, -1).some(isOption)),
  );
  assert.ok(rows.length > 250, `${rows.length} rows`);
  for (const line of rows) {
    const cells = line.slice(1, -1).split(" | ");
    assert.ok(/at once|next start|creation/.test(line), line);
    assert.ok(cells.at(0)?.trim() !== "" && cells.at(1)?.trim() !== "" && cells.at(-1)?.trim() !== "", line);
  }
});

test("every function has its sentence and an example", () => {
  assert.equal([...functionUsages().keys()].sort(), Object.keys(functionNotes).sort());
  for (const [name, { example }] of Object.entries(functionNotes)) assert.ok(example.includes(`${name}(`), name);
});

test("the exit codes are those that the script and the program tell of themselves", async () => {
  const { script } = await compileSource(exampleOf("ct"));
  const [, told = ""] = /^Exit codes: (.*?)\nTEXT$/ms.exec(script) ?? [];
  const codes = [...told.matchAll(/(?:^|,\s)(\d+) /g)].map(([, number]) => number);
  assert.equal(codes, Object.keys(SCRIPT_CODES));
  const { out } = await runCli(["--help"], { cwd: root });
  for (const number of Object.keys(PHXC_CODES).filter((code) => code !== "70")) assert.match(out, `${number} `);
});

test.run();
