import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filesBelow } from "./host/capture.js";
import type { Address } from "../model/resource.js";
import { type Prediction, predict } from "./costs.js";
import { endedAsMeant } from "./held-back.js";
import type { GuestEntry } from "./host/guests.js";
import type { HostRunOptions } from "./host/perform.js";
import { type RecordedCommand, type ScriptResult, type SimulatedHost, startHost } from "./host/simulated-host.js";
import type { HostState } from "./state.js";

export interface RehearsalOptions extends HostRunOptions {
  /** Run it a second time, which has to change nothing. */
  readonly twice: boolean;
  /** Guests that are meant to be held back. */
  readonly without?: ReadonlySet<Address>;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Of each run; 10 minutes unless given. */
  readonly timeoutMs?: number;
}

/** What one run of the script did. */
export interface RehearsalRun {
  readonly code: number;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly commands: readonly RecordedCommand[];
  /** Commands that may change something. */
  readonly mutating: number;
  /** Command lines that the simulated host does not know. */
  readonly unknown: readonly string[];
  /** Files of the host that it added, changed or removed, outside the script's own notes. */
  readonly files: readonly string[];
  /** How long it took here. */
  readonly milliseconds: number;
  /** How long its commands would take on a genuine host. */
  readonly predicted: Prediction;
}

export interface Rehearsal {
  readonly first: RehearsalRun;
  readonly second?: RehearsalRun;
  /** After the last run, by id. */
  readonly guests: readonly GuestEntry[];
  /** The host afterwards. */
  readonly state: HostState;
  /**
   * Whether all that was asked for holds: each run ended with 0 or held back just the guests that were meant to be, called
   * nothing unknown, and the second changed nothing.
   */
  readonly passed: boolean;
}

/** Runs a script on a simulated host that starts in `state`, once or twice. */
export async function rehearse(script: string, state: HostState, options: RehearsalOptions): Promise<Rehearsal> {
  const dir = mkdtempSync(join(tmpdir(), "phxc-rehearsal-"));
  const host = await startHost(state, dir, options);
  const runOnce = async (): Promise<RehearsalRun> => {
    const before = fingerprints(host.root);
    const start = process.hrtime.bigint();
    const { env = {}, timeoutMs = 600_000 } = options;
    const result = await host.runScript(script, options.args ?? [], { env, timeoutMs });
    const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
    return { ...summary(result), files: differences(before, fingerprints(host.root)), milliseconds };
  };
  try {
    const first = await throughRestarts(await runOnce(), host, runOnce);
    const second = options.twice ? await runOnce() : undefined;
    const meant = options.without ?? new Set();
    const clean = (run: RehearsalRun): boolean => endedAsMeant(run, meant) && run.unknown.length === 0;
    const quiet = second === undefined || (clean(second) && second.mutating === 0 && second.files.length === 0);
    return {
      first,
      ...(second === undefined ? {} : { second }),
      guests: host.guests(),
      state: host.capture(),
      passed: clean(first) && quiet,
    };
  } finally {
    await host.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The code with which a run ends that needs a restart of the host before it goes on. */
export const RESTART_NEEDED = 6;
/** A plan that asks for more than these would ask for ever. */
export const MOST_RESTARTS = 3;

/** Restarts the host where a run asks for it, and runs the script again; all of it together is one run. */
async function throughRestarts(
  first: RehearsalRun,
  host: SimulatedHost,
  runOnce: () => Promise<RehearsalRun>,
): Promise<RehearsalRun> {
  let whole = first;
  for (let restarts = 0; whole.code === RESTART_NEEDED && restarts < MOST_RESTARTS; restarts++) {
    host.restart();
    const next = await runOnce();
    const commands = [...whole.commands, ...next.commands];
    whole = {
      code: next.code,
      signal: next.signal,
      stdout: `${whole.stdout}${next.stdout}`,
      stderr: `${whole.stderr}${next.stderr}`,
      commands,
      mutating: whole.mutating + next.mutating,
      unknown: [...whole.unknown, ...next.unknown],
      files: [...new Set([...whole.files, ...next.files])].sort(),
      milliseconds: whole.milliseconds + next.milliseconds,
      predicted: predict(commands),
    };
  }
  return whole;
}

function summary({ commands, ...rest }: ScriptResult): Omit<RehearsalRun, "files" | "milliseconds"> {
  return {
    ...rest,
    commands,
    mutating: commands.filter((command) => command.mutating).length,
    unknown: commands.filter((command) => !command.known).map((command) => command.argv.join(" ")),
    predicted: predict(commands),
  };
}

/** Digests of the host's files by path; what only a run itself needs is left out. */
function fingerprints(root: string): ReadonlyMap<string, string> {
  const machine = { root };
  const own = /^\/(?:run\/lock|var\/lib\/phxc|var\/lock|var\/run|tmp)\//;
  const paths = filesBelow(machine, "/").filter((path) => !own.test(path));
  return new Map(
    paths.map((path) => [
      path,
      createHash("sha1")
        .update(readFileSync(join(root, path)))
        .digest("hex"),
    ]),
  );
}

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).sort();
}
