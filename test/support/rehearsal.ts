import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, diskFiles, emit, memoryFiles } from "../../src/index.js";
import type { CompileRequest } from "../../src/compile.js";
import type { Files, Plan } from "../../src/index.js";
import { presupposed, startHost } from "../../src/rehearsal/index.js";
import type { HostState, ScriptResult, SimulatedHost } from "../../src/rehearsal/index.js";

/** A plan with its script. */
export interface Compiled {
  readonly plan: Plan;
  readonly script: string;
}

/** Compiles an entry of a folder; errors throw, because these tests are about what comes after. */
export async function compileFolder(folder: string, entry: string): Promise<Compiled> {
  return compileFiles(diskFiles(folder), entry);
}

/** Compiles one text. */
export async function compileSource(text: string): Promise<Compiled> {
  return compileFiles(memoryFiles({ "fleet.phx": text }), "fleet.phx");
}

/** Compiles a project in memory whose entry is main.phx. */
export async function compileProject(
  texts: Readonly<Record<string, string>>,
  asked: Pick<CompileRequest, "action" | "targets"> = {},
): Promise<Compiled> {
  return compileFiles(memoryFiles(texts), "main.phx", asked);
}

async function compileFiles(
  files: Files,
  entry: string,
  asked: Pick<CompileRequest, "action" | "targets"> = {},
): Promise<Compiled> {
  const { plan, model, registry, diagnostics, unreadable } = await compile({ entry, files, ...asked });
  if (plan === undefined || model === undefined) {
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    throw new Error([unreadable, ...errors.map(({ code, message }) => `${code} ${message}`)].join("\n"));
  }
  const { value } = await emit({ plan, model, registry }, "bash", { version: "0.0.0" });
  return { plan, script: value };
}

/** Runs a script, and again after each restart of the host that it asks for: how the last run ended, with the commands of all. */
export async function runThrough(host: SimulatedHost, script: string): Promise<ScriptResult> {
  let whole = await host.runScript(script);
  for (let restarts = 0; whole.code === 6 && restarts < 3; restarts++) {
    host.restart();
    const next = await host.runScript(script);
    whole = { ...next, commands: [...whole.commands, ...next.commands], stdout: `${whole.stdout}${next.stdout}` };
  }
  return whole;
}

/** Runs `use` with a simulated host that starts in `state`, in a folder that is removed afterwards. */
export async function withHost<T>(state: HostState, use: (host: SimulatedHost) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "phxc-host-"));
  const host = await startHost(state, folder);
  try {
    return await use(host);
  } finally {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs `use` with a host that has what the plan presupposes and nothing else. */
export async function withEmptyHost<T>(plan: Plan, use: (host: SimulatedHost) => Promise<T>): Promise<T> {
  return withHost(presupposed(plan), use);
}

/** The commands of a run that may have changed something. */
export function mutating(run: {
  readonly commands: readonly { readonly argv: readonly string[]; readonly mutating: boolean }[];
}): string[] {
  return run.commands.filter((command) => command.mutating).map(({ argv }) => argv.join(" "));
}

/** The lines of a run's output that announce something: made, changed, held back. */
export function announced(stdout: string): string[] {
  return stdout.split("\n").filter((line) => /^[+~!-] /.test(line));
}
