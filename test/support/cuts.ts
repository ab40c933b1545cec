import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { recovery, startHost } from "../../src/rehearsal/index.js";
import type { Seen, Undisturbed } from "../../src/rehearsal/index.js";
import { noteCut } from "./matrices.js";

/** What the script itself does to files with, beside the commands of the host at which faults are placed. */
const TOOLS = ["cat", "chmod", "chown", "cp", "ln", "mkdir", "mv", "rm", "rmdir", "tee", "touch"];

/** The script, which writes its step into the file of `PHXC_CUTS` before each use of a tool, and is killed at number `at`. */
function cutAt(script: string, at: number): string {
  const wrapped = TOOLS.map((tool) => `${tool}() { cut_here && command ${tool} "$@"; }`);
  const counting = `
cut_here() {
	local -a said
	printf '%s\\n' "\${STEP-}" >>"\${PHXC_CUTS}"
	mapfile -t said <"\${PHXC_CUTS}"
	((\${#said[@]} != ${at})) || kill -KILL "$$" "\${BASHPID}"
}
${wrapped.join("\n")}
`;
  return script.replace("\n", () => counting);
}

/** Cuts a run off at a number; whether it came so far, and what is wrong with the runs after it. */
async function cut(
  whole: Undisturbed,
  at: number,
  seen: Seen,
): Promise<{ readonly reached: boolean; readonly problem?: string | undefined }> {
  const folder = mkdtempSync(join(tmpdir(), "phxc-cuts-"));
  const counted = join(folder, "cuts");
  const host = await startHost(whole.state, folder, whole.options);
  try {
    const first = await host.runScript(cutAt(whole.script, at), whole.args, { env: { PHXC_CUTS: counted } });
    const steps = existsSync(counted) ? readFileSync(counted, "utf8").split("\n").slice(0, -1) : [];
    if (steps.length < at) return { reached: false, problem: first.code === whole.run.code ? undefined : first.stderr };
    if (first.signal !== "SIGKILL") return { reached: true, problem: `it was not killed:\n${first.stderr}` };
    noteCut(whole, steps.at(-1) ?? "");
    // Proxmox gives locks back whose holder has died, after two minutes.
    rmSync(join(host.root, "/etc/pve/priv/lock"), { recursive: true, force: true });
    return { reached: true, problem: (await recovery(whole, host, seen)).problem };
  } finally {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Fails unless the host survives that the script is killed before each use of a tool that changes files, which is after the one before it. */
export async function surviveCuts(whole: Undisturbed, seen: Seen = new Map()): Promise<void> {
  const wrong: string[] = [];
  let at = 0;
  for (let reached = true; reached;) {
    at++;
    const done = await cut(whole, at, seen);
    if (done.problem !== undefined) wrong.push(`killed at ${at}: ${done.problem}`);
    reached = done.reached;
  }
  assert.is(wrong.join("\n\n"), "");
  assert.ok(at > 1, "nothing was done to files");
  console.log(`  ${at - 1} cuts within the script`);
}
