import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as assert from "uvu/assert";
import { compile, diskFiles } from "../../../src/index.js";
import { presupposed, surroundings } from "../../../src/rehearsal/index.js";
import { root } from "../paths.js";
import { blocksOf, withOutputs, type Block, type Shown } from "./blocks.js";
import { openShell, type PageShell } from "./shell.js";

/**
 * Does what a page says from top to bottom: writes its files, runs its commands, and compares what they print with what the
 * page shows; `UPDATE_GOLDENS=1` writes that. A command that reaches a host reaches a simulated one, which has what the first
 * `.phx` file of the page presupposes at that time. Returns how many blocks were run.
 */
export async function runPage(name: string): Promise<number> {
  const path = join(root, name);
  const page = readFileSync(path, "utf8");
  const outputs: (Shown & { readonly actual: string })[] = [];
  const shell = await openShell();
  let count = 0;
  try {
    let entry: string | undefined;
    for (const block of blocksOf(page)) {
      const { role, text } = block;
      if (role.kind === "file" || role.kind === "append") {
        put(shell.folder, role.kind, role.name, text);
        if (role.name.endsWith(".phx")) entry ??= role.name;
      }
      if (role.kind !== "run") continue;
      count++;
      const actual = await runOne(`${name}:${block.line}`, block, shell, entry);
      if (block.shown !== undefined) outputs.push({ ...block.shown, actual });
    }
  } finally {
    await shell.close();
  }
  const wanted = withOutputs(page, outputs);
  if (process.env["UPDATE_GOLDENS"] === "1" && wanted !== page) writeFileSync(path, wanted);
  for (const { text, actual } of process.env["UPDATE_GOLDENS"] === "1" ? [] : outputs)
    assert.is(actual, text, `${name} shows another output; UPDATE_GOLDENS=1 writes it`);
  return count;
}

function put(folder: string, how: "file" | "append", name: string, text: string): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  if (how === "append") appendFileSync(path, `\n${text}`);
  else writeFileSync(path, text, { mode: text.startsWith("#!") ? 0o755 : 0o644 });
}

async function runOne(place: string, block: Block, shell: PageShell, entry: string | undefined): Promise<string> {
  if (block.role.kind !== "run") return "";
  const named = block.role.host ?? entry;
  if (named !== undefined && /\bssh\s|--host\s|\bphxc capture\s/.test(block.text)) {
    const { plan, diagnostics } = await compile({ entry: named, files: diskFiles(shell.folder) });
    const why = `${place}: ${named} does not compile: ${diagnostics.map(({ message }) => message).join("\n")}`;
    assert.ok(plan !== undefined || shell.hasHost(), why);
    // A page that changes a checksum means that there is another file behind the address.
    if (plan !== undefined && shell.hasHost()) shell.serve(surroundings(plan).downloads);
    else if (plan !== undefined) await shell.attach(presupposed(plan));
  }
  const { code, output } = await shell.run(block.text, block.role.answer);
  assert.is(code, block.role.exit, `${place}: ended with ${code}\n${output}`);
  return lasting(output);
}

/** Without what nobody sees (blanks at the ends of lines, the carriage return of what is typed), and how long this machine took. */
function lasting(output: string): string {
  return output.replace(/[ \t\r]+$/gm, "").replace(/(?<=^(?:first|second) run: .*), \d+\.\d s$/gm, "");
}
