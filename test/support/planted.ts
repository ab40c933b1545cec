import { spawn } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { applyScript } from "../../src/host/apply.js";
import type { ApplyOutcome } from "../../src/host/apply.js";
import { openSession } from "../../src/host/session.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";

/** Values of secrets that tests plant, to look for them afterwards. */

/** Fails when a text holds one of the marks; says where, and not what. */
export function unmarked(marks: readonly string[], text: string, where: string): void {
  for (const mark of marks) assert.not.ok(text.includes(mark), `${where} shows a secret`);
}

/** All files below a folder that hold a mark, in order; digests in names are replaced by a word. */
export function marked(marks: readonly string[], folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => marks.some((mark) => readFileSync(path, "latin1").includes(mark)))
    .map((path) => path.slice(folder.length).replace(/[0-9a-f]{16}/, "DIGEST"))
    .toSorted();
}

/** Lets every program that a script starts tell its arguments and its environment before it does its work. */
export function watchPrograms(host: SimulatedHost, log: string): void {
  const stock = host.env["PATH"]?.split(":")[1] ?? "";
  for (const name of readdirSync(stock)) {
    const real = readlinkSync(join(stock, name));
    rmSync(join(stock, name));
    writeFileSync(
      join(stock, name),
      `#!/bin/bash -p\nprintf '%s\\n' "$0 $*" "$(</proc/self/environ)" >>'${log}' 2>/dev/null\nexec -a '${name}' '${real}' "$@"\n`,
    );
    chmodSync(join(stock, name), 0o755);
  }
}

/** Applies a script as `phxc apply` does: its variables come over standard input. */
export async function applyWith(
  host: SimulatedHost,
  script: string,
  secrets: Readonly<Record<string, string>>,
): Promise<ApplyOutcome & { readonly output: string }> {
  let output = "";
  const take = (bytes: Buffer): void => void (output += bytes.toString("utf8"));
  const session = openSession({
    script: Buffer.from(script),
    staging: join(host.root, "staging"),
    secrets,
    start: (argv) => {
      const child = spawn(argv[0] ?? "", argv.slice(1), { env: { ...host.env }, stdio: "pipe", detached: true });
      child.stderr.on("data", take);
      return child;
    },
    output: take,
  });
  return { ...(await applyScript(session, () => Promise.resolve("yes"))), output };
}
