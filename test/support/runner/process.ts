import { spawn, type ChildProcess } from "node:child_process";
import type { Ending } from "./inspect.js";

/** A finished child process: how it ended, and stdout and stderr as they came. */
export interface Finished {
  readonly ending: Ending;
  readonly output: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
}

const running = new Set<ChildProcess>();

/** Runs a command in a process group of its own, so that nothing it started outlives it. */
export function run(argv: readonly string[], options: RunOptions): Promise<Finished> {
  const [program = "", ...args] = argv;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    const chunks: Buffer[] = [];
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      killGroup(child);
    }, options.timeoutMs);
    const finish = (code: number | null, signal: string | null): void => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ ending: { code, signal, timedOut }, output: Buffer.concat(chunks).toString("utf8") });
    };
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", (error) => {
      chunks.push(Buffer.from(error.message));
      finish(127, null);
    });
    // What a test left running would keep the pipes open for ever.
    child.on("exit", () => killGroup(child));
    child.on("close", finish);
  });
}

/** Ends all children; for the moment the runner itself is interrupted. */
export function killAll(): void {
  for (const child of running) killGroup(child);
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group is gone already, which is what is wanted.
  }
}
