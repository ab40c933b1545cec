import type { Command } from "./command.js";
import { dispatch } from "./dispatch.js";
import type { GuestActor } from "./guest-answers.js";
import { isRunning } from "./guests.js";
import type { Machine } from "./machine.js";
import { Killed, Refusal, refuse } from "./refusal.js";
import type { Caller, Request } from "./session.js";

export interface HostRunOptions {
  /** Plays the guests. */
  readonly guests?: GuestActor;
  /** How long a command takes, in milliseconds. */
  readonly latencyMs?: (argv: readonly string[]) => number;
  /** What a command says instead of doing anything: it fails, each time. */
  readonly refuses?: (argv: readonly string[]) => string | undefined | Promise<string | undefined>;
  /** What stands in for secrets, by where they are: scripts are handed it. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** How long to wait for a guest's lock file; Proxmox waits 10 s. */
  readonly lockTimeoutMs?: number;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What performing commands needs to know and remember. */
export interface Performer {
  readonly machine: Machine;
  readonly options: HostRunOptions;
  /** Processes that stand for VMs which inherited open files, by the VM's id. */
  readonly daemons: Map<number, number>;
}

/** A command line with the process that asks for it. */
export type Asked = Pick<Request, "argv" | "pid" | "cwd">;

/** Ends a process of ours; nothing when it is gone. */
export function endProcess(pid: number, signal: NodeJS.Signals = "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}

/** Does what a command line says. `dies`: it is killed at its half-way point. */
export async function perform(
  performer: Performer,
  asked: Asked,
  caller: Pick<Caller, "stdin" | "daemon" | "gone">,
  dies: boolean,
): Promise<CommandResult | { readonly real: string }> {
  const { machine, options, daemons } = performer;
  machine.state.clock++;
  const output = { stdout: "", stderr: "" };
  const pause = pauseOnce(options.latencyMs?.(asked.argv) ?? 0, caller.gone);
  const command: Command = {
    machine,
    pid: asked.pid,
    cwd: asked.cwd,
    print: (line) => void (output.stdout += `${line}\n`),
    warn: (line) => void (output.stderr += `${line}\n`),
    stdin: caller.stdin,
    midway: async () => {
      if (dies) throw new Killed();
      await pause();
    },
    daemon: async (id) => {
      const pid = await caller.daemon();
      if (pid > 0) daemons.set(id, pid);
    },
  };
  try {
    const refusal = await options.refuses?.(asked.argv);
    if (refusal !== undefined) refuse(refusal);
    const handover = await dispatch(command, asked.argv, options.lockTimeoutMs ?? 10_000);
    if (handover !== undefined) return handover;
    await pause();
    return { code: 0, ...output };
  } catch (error) {
    return ended(error, output);
  } finally {
    endDaemons(performer);
  }
}

/** Waits for the time that a command takes, at its first call; ends the command when its caller is gone by then. */
function pauseOnce(ms: number, gone: Promise<void>): () => Promise<void> {
  let left = ms;
  return async () => {
    if (left === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const waiting = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), left)));
    left = 0;
    const isGone = await Promise.race([gone.then(() => true), waiting]);
    clearTimeout(timer);
    if (isGone) throw new Killed();
  };
}

function ended(error: unknown, output: { readonly stdout: string; readonly stderr: string }): CommandResult {
  if (error instanceof Killed) return { code: 137, ...output };
  if (error instanceof Refusal) return { code: error.code, ...output, stderr: output.stderr + error.message };
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 127, ...output, stderr: `simulated host: unknown error: ${words}\n` };
}

function endDaemons({ machine, daemons }: Performer): void {
  for (const [id, pid] of daemons) {
    if (isRunning(machine, id)) continue;
    endProcess(pid);
    daemons.delete(id);
  }
}
