import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findingKinds } from "../../src/compile/catalogue.js";
import type { JsonReport } from "../../src/diagnostics/render-json.js";
import { inFolder } from "../support/folder.js";
import { fences } from "../support/markdown.js";
import { root } from "../support/paths.js";
import { grid } from "../support/reference/text.js";
import { runCli } from "../support/terminal.js";

const folder = join(root, "docs/diagnostics");
const kinds = findingKinds();
const test = suite("diagnostics-pages");

/** An example of a page: its files, the first being the entry, and more words for the command line. */
interface Example {
  readonly files: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  /** What phxc is asked to do with them. */
  readonly command: string;
}

/** The names that unmarked blocks get; the configuration of the JSON front end is found by any name. */
const ENTRY: Readonly<Record<string, string>> = { phx: "main.phx", json: "config.json" };

/**
 * `<!-- file NAME -->` before a block names its file; `<!-- args WORD... -->` before the entry adds to the command line (`.`:
 * without the entry's name), and so does `<!-- run COMMAND WORD... -->`, which names another command than `plan`.
 */
function exampleOf(section: string): Example {
  const files: Record<string, string> = {};
  let args: readonly string[] = [];
  let command = "plan";
  for (const { language, text, mark } of fences(section)) {
    const [word, ...rest] = mark.split(" ");
    if (word !== "file" && !(language in ENTRY)) continue;
    if (word === "args") args = rest;
    if (word === "run") [command = "plan", ...args] = rest;
    files[word === "file" ? rest.join(" ") : (ENTRY[language] ?? "")] = text;
  }
  return { files, args, command };
}

/** What follows a heading up to the next one. */
function section(page: string, heading: string): string {
  return page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
}

async function codesOf({ files, args, command }: Example): Promise<readonly string[]> {
  const entry = Object.values(ENTRY).find((name) => name in files);
  const project = entry === undefined ? { ...files, "main.phx": "" } : files;
  return inFolder(project, async (cwd) => {
    const named = args.includes(".") ? [] : [entry ?? "main.phx"];
    const argv = [command, ...named, ...args, "--findings", "json"];
    const { out, err } = await runCli(argv, { cwd, env: { XDG_CONFIG_HOME: join(cwd, ".config") } });
    assert.ok(out.startsWith("{"), err);
    const report = JSON.parse(out) as JsonReport;
    return report.findings.map((finding) => finding.code);
  });
}

test("codes are unique and well formed", () => {
  const codes = kinds.map((kind) => kind.code);
  assert.equal(
    codes.filter((code, i) => !/^PHX[1-7]\d{3}$/.test(code) || codes.indexOf(code) !== i),
    [],
  );
});

test("every page belongs to a finding", () => {
  const known = new Set(kinds.map((kind) => `${kind.code}.md`));
  assert.equal(
    readdirSync(folder).filter((name) => name !== "README.md" && !known.has(name)),
    [],
  );
});

for (const { code, title, severity } of kinds) {
  test(`${code} has a page whose examples do as they say`, async () => {
    const path = join(folder, `${code}.md`);
    assert.ok(existsSync(path), `docs/diagnostics/${code}.md is missing`);
    const page = readFileSync(path, "utf8");
    assert.is(page.split("\n")[0], `# ${code}: ${title}`);
    assert.match(page, `Severity: ${severity}`);
    const fails = exampleOf(section(page, "Fails"));
    const fixed = exampleOf(section(page, "Fixed"));
    assert.ok(Object.keys(fails.files).length > 0 && Object.keys(fixed.files).length > 0, "an example is missing");
    const found = await codesOf(fails);
    assert.ok(found.includes(code), `"Fails" gives ${found.join(", ") || "nothing"}`);
    const left = await codesOf(fixed);
    assert.not(left.includes(code), `"Fixed" still gives ${code}`);
  });
}

test("the list of all findings is up to date; UPDATE_GOLDENS=1 writes it", () => {
  const path = join(folder, "README.md");
  if (process.env["UPDATE_GOLDENS"] === "1") writeFileSync(path, list());
  assert.is(existsSync(path) ? readFileSync(path, "utf8") : "", list());
});

function list(): string {
  const rows = kinds.map((kind) => [`[${kind.code}](${kind.code}.md)`, kind.severity, kind.title]);
  const about = "Every finding of phxc, by its code. `phxc explain CODE` shows a page in the terminal.";
  return `# Findings\n\n${about}\n\n${grid([["code", "severity", "what it says"], ...rows])}\n`;
}

test.run();
