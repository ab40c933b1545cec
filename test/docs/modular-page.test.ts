import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../src/compile.js";
import { memoryFiles } from "../../src/host/files.js";
import { fences } from "../support/markdown.js";
import { root } from "../support/paths.js";

const test = suite("docs/modular.md");

const page = readFileSync(join(root, "docs/modular.md"), "utf8");
const HOST = '{ "network": { "interfaces": { "name": "vmbr0", "address": "10.0.0.2/24", "gateway": "10.0.0.1" } } }';

/** What a guest of the page becomes, without a finding that asks for anything. */
async function commandsOf(files: Readonly<Record<string, string>>, entry: string): Promise<string> {
  const { plan, diagnostics } = await compile({ entry, files: memoryFiles(files) });
  assert.equal(
    diagnostics.filter(({ severity }) => severity !== "note").map(({ code, message }) => `${code} ${message}`),
    [],
  );
  return (plan?.steps ?? []).flatMap(({ id, commands }) => [id, ...commands.map((argv) => argv.join(" "))]).join("\n");
}

test("the profiles in .phx give what the page says", async () => {
  const [source] = fences(page).filter(({ language }) => language === "phx");
  const commands = await commandsOf({ "main.phx": source?.text ?? "" }, "main.phx");
  assert.match(commands, "--memory 2048");
  assert.match(commands, "--startup order=5");
  assert.match(commands, "--onboot 1");
  assert.match(commands, "ct.101.check.https");
  assert.not.match(commands, /check\.http$/m);
  assert.match(commands, "ct.101.feature.base_setup");
  assert.match(commands, "ct.101.feature.docker");
});

test("the files of conf.d give what the page says", async () => {
  const marked = fences(page).filter(({ mark }) => mark.startsWith("file "));
  assert.is(marked.length, 4);
  const files = Object.fromEntries(marked.map(({ mark, text }) => [mark.slice("file ".length), text]));
  const commands = await commandsOf({ "config.json": HOST, ...files }, "config.json");
  assert.match(commands, "--memory 2048");
  assert.match(commands, "--features keyctl=1,nesting=1");
  assert.match(commands, "--startup order=2");
  assert.match(commands, "gw=10.0.0.1,ip=10.0.0.20/24");
  assert.match(commands, "ct.101.feature.base_setup");
  assert.match(commands, "ct.101.feature.docker");
  assert.not.match(commands, "--description");
});

test.run();
