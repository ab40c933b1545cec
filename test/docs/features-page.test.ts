import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { presupposed, rehearse, standIns } from "../../src/rehearsal/index.js";
import { fences } from "../support/markdown.js";
import { root } from "../support/paths.js";
import { compileProject } from "../support/rehearsal.js";

const test = suite("docs/features.md");
const path = join(root, "docs/features.md");
const folder = join(root, "templates/features");

interface Declared {
  readonly description: string;
  readonly guests?: readonly string[];
  readonly requires?: readonly string[];
  readonly parameters?: Readonly<Record<string, { readonly description: string }>>;
}

/** The built-in features with their parameters, from their folders. */
function list(): string {
  const names = readdirSync(folder).filter((name) => !name.endsWith(".sh"));
  const entries = names.map((name) => {
    const declared = JSON.parse(readFileSync(join(folder, name, "feature.json"), "utf8")) as Declared;
    const { description, guests, requires = [], parameters = {} } = declared;
    const only = guests === undefined ? "" : guests[0] === "ct" ? " Containers only." : " Virtual machines only.";
    const needs = requires.length === 0 ? "" : ` Requires ${requires.map((each) => `\`${each}\``).join(", ")}.`;
    const lines = Object.entries(parameters).map(([key, parameter]) => `  - \`${key}\`: ${parameter.description}\n`);
    return `- **${name}**: ${description}${only}${needs}\n${lines.join("")}`;
  });
  return `<!-- features -->\n\n${entries.join("")}\n<!-- /features -->`;
}

test("the list of built-in features is up to date; UPDATE_GOLDENS=1 writes it", () => {
  const page = readFileSync(path, "utf8");
  const wanted = page.replace(/<!-- features -->[^]*<!-- \/features -->/, () => list());
  if (process.env["UPDATE_GOLDENS"] === "1") writeFileSync(path, wanted);
  assert.is(readFileSync(path, "utf8"), wanted);
});

test("the feature of one's own is installed, and the second run is quiet", async () => {
  const marked = fences(readFileSync(path, "utf8")).filter(({ mark }) => mark.startsWith("file "));
  const files = Object.fromEntries(marked.map(({ mark, text }) => [mark.slice("file ".length), text]));
  assert.is(Object.keys(files).length, 3);
  const { plan, script } = await compileProject(files);
  const { first, passed } = await rehearse(script, presupposed(plan), { twice: true, secrets: standIns(plan) });
  assert.ok(passed, first.stdout + first.stderr);
  assert.match(first.stdout, /^\+ ct 101 web: feature base_setup\n\+ ct 101 web: feature motd$/m);
});

test("every function that it names is there", () => {
  const tools = readFileSync(join(folder, "tools.sh"), "utf8");
  const [, table = ""] = /\| function[^\n]*\n([^]*?)\n\n/.exec(readFileSync(path, "utf8")) ?? [];
  const named = [...table.matchAll(/^\| `([a-z_]+)/gm)].map(([, name = ""]) => name);
  assert.ok(named.length > 5);
  for (const name of named) assert.match(tools, new RegExp(`^${name}\\(\\) [{(]`, "m"));
});

test.run();
