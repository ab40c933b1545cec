import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { operatingSystems } from "../../src/pve/os-families.js";
import type { OperatingSystem, PresetSettings } from "../../src/pve/os-families.js";
import { presupposed, rehearse, standIns } from "../../src/rehearsal/index.js";
import { fences } from "../support/markdown.js";
import { root } from "../support/paths.js";
import { compileProject } from "../support/rehearsal.js";

const test = suite("docs/images.md");
const path = join(root, "docs/images.md");

function settings(list: PresetSettings): string {
  return Object.entries(list)
    .map(([name, value]) => `\`${name}\` ${String(value)}`)
    .join(", ");
}

function agentOf({ agent }: OperatingSystem): string {
  if (agent.inImage) return "in the image";
  return agent.start === undefined ? `by hand (${agent.package})` : agent.package;
}

function rowOf([word, system]: readonly [string, OperatingSystem]): readonly string[] {
  const { title, packages, user, vm, ct } = system;
  const state = Object.entries(vm.state ?? {}).map(([name, keys]) => `\`${name}\` (${settings(keys)})`);
  const machine = [settings(vm.attributes), settings(vm.options ?? {}), ...state].filter((text) => text !== "");
  const container = ct === undefined ? "none" : settings(ct);
  return [`\`${word}\``, title, machine.join(", "), container, packages, user, agentOf(system)];
}

/** The systems as a table, in the form that Prettier gives it. */
function table(): string {
  const head = ["`os`", "system", "a machine gets", "a container gets", "packages", "user", "agent"];
  const rows = [head, ...Object.entries(operatingSystems).map(rowOf)];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`);
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return `<!-- systems -->\n\n${[lines[0], rule, ...lines.slice(1)].join("\n")}\n\n<!-- /systems -->`;
}

test("the table of systems is up to date; UPDATE_GOLDENS=1 writes it", () => {
  const page = readFileSync(path, "utf8");
  const wanted = page.replace(/<!-- systems -->[^]*<!-- \/systems -->/, () => table());
  if (process.env["UPDATE_GOLDENS"] === "1") writeFileSync(path, wanted);
  assert.is(readFileSync(path, "utf8"), wanted);
});

test("its examples converge, and the second run is quiet", async () => {
  const examples = fences(readFileSync(path, "utf8")).filter(({ language }) => language === "phx");
  assert.is(examples.length, 4);
  for (const { text } of examples) {
    const { plan, script } = await compileProject({ "main.phx": text });
    const { first, passed } = await rehearse(script, presupposed(plan), { twice: true, secrets: standIns(plan) });
    assert.ok(passed, first.stdout + first.stderr);
  }
});

test.run();
