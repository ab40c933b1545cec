import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filesBelow } from "./host/capture.js";
import type { HostRunOptions } from "./host/perform.js";
import { type Fault, type ScriptResult, type SimulatedHost, startHost } from "./host/simulated-host.js";
import { compareKeys } from "../text/order.js";
import { MOST_RESTARTS, RESTART_NEEDED } from "./rehearse.js";
import type { HostState } from "./state.js";

/** A script on a host, and how an undisturbed run of it ends. */
export interface Undisturbed {
  readonly script: string;
  readonly state: HostState;
  readonly options: HostRunOptions;
  /** The script's own options. */
  readonly args: readonly string[];
  /** Of each run, in milliseconds. */
  readonly timeoutMs: number;
  readonly run: ScriptResult;
  /** {@link settled} afterwards. */
  readonly end: string;
  /** The command lines at which a fault can be placed, in order: the first is number 1. */
  readonly commands: readonly string[];
  /** Where the run ends because the host has to be restarted: the host after that. */
  readonly restarted?: HostState;
  /** Each run does it again (a rollback): the one after the end comes to the same end, and is not quiet. */
  readonly repeats?: true;
}

/** What became of a host whose run had a fault. */
export interface Survival {
  readonly fault: Fault;
  /** The command line that was struck; undefined when the run never came so far. */
  readonly command: string | undefined;
  /** How the disturbed run ended. */
  readonly cut: ScriptResult;
  /** The next run, that is to go on; undefined where {@link Survival.known} says that it needed no second look. */
  readonly next?: ScriptResult;
  /** An earlier fault left the host in the very same state, and what followed was seen then. */
  readonly known: boolean;
  /** What is wrong, for a reader; undefined when the host has survived. */
  readonly problem?: string;
}

/** States that faults left, with what came of them: the next run depends on nothing else. */
export type Seen = Map<string, Pick<Survival, "next" | "problem">>;

/** Runs a script without a fault on a host that starts in `state`. */
export async function undisturbed(
  script: string,
  state: HostState,
  more: Partial<Pick<Undisturbed, "options" | "args" | "timeoutMs">> = {},
): Promise<Undisturbed> {
  const { options = {}, args = [], timeoutMs = 600_000 } = more;
  return withHost(state, options, async (host) => {
    const run = await host.runScript(script, args, { timeoutMs });
    const commands = run.commands.filter(({ number }) => number > 0).map(({ argv }) => argv.join(" "));
    const whole = { script, state, options, args, timeoutMs, run, end: settled(host), commands };
    if (run.code !== RESTART_NEEDED) return whole;
    host.restart();
    return { ...whole, restarted: host.capture() };
  });
}

/** The runs without a fault that it takes from `state` to the end: all but the last end because the host has to be restarted. */
export async function undisturbedParts(
  ...[script, state, more]: Parameters<typeof undisturbed>
): Promise<readonly [Undisturbed, ...Undisturbed[]]> {
  const first = await undisturbed(script, state, more);
  const rest: Undisturbed[] = [];
  for (let part = first; part.restarted !== undefined && rest.length < MOST_RESTARTS;) {
    part = await undisturbed(script, part.restarted, more);
    rest.push(part);
  }
  return [first, ...rest];
}

/** A command that outlives the run which was struck holds the lock until it ends, on a busy machine for a while. */
const PATIENT = ["--wait", "300"];

/**
 * Runs the script with a fault, and again, and again: the second run has to reach the undisturbed end, the third to
 * change nothing.
 */
export async function survive(whole: Undisturbed, fault: Fault, seen: Seen = new Map()): Promise<Survival> {
  const { script, args, timeoutMs } = whole;
  return withHost(whole.state, whole.options, async (host) => {
    const cut = await host.runScript(script, args, { fault, timeoutMs });
    const command = cut.commands.find(({ number }) => number === fault.at)?.argv.join(" ");
    return { fault, command, cut, ...(await recovery(whole, host, seen)) };
  });
}

/** What becomes of a host on which a run of the script was cut off: what {@link survive} says of the runs after it. */
export async function recovery(
  whole: Undisturbed,
  host: SimulatedHost,
  seen: Seen,
): Promise<Pick<Survival, "known" | "next" | "problem">> {
  const left = fingerprint(host);
  const before = seen.get(left);
  if (before !== undefined) return { known: true, ...before };
  const args = whole.args.includes("--wait") ? whole.args : [...whole.args, ...PATIENT];
  const next = await host.runScript(whole.script, args, { timeoutMs: whole.timeoutMs });
  const problem = await wrongAfter(whole, host, next);
  const found = { next, ...(problem === undefined ? {} : { problem }) };
  seen.set(left, found);
  return { known: false, ...found };
}

async function wrongAfter(whole: Undisturbed, host: SimulatedHost, next: ScriptResult): Promise<string | undefined> {
  const said = `${next.stdout}${next.stderr}`;
  if (next.code !== whole.run.code) return `the next run ended with ${next.code}:\n${said}`;
  const end = settled(host);
  if (end !== whole.end) return `the next run led to another state:\n${firstDifference(end, whole.end)}\n${said}`;
  const third = await host.runScript(whole.script, whole.args, { timeoutMs: whole.timeoutMs });
  const changes = third.commands.filter(({ mutating }) => mutating).map(({ argv }) => argv.join(" "));
  const isLoud = changes.length > 0 && whole.repeats !== true;
  if (third.code !== whole.run.code || isLoud || settled(host) !== end)
    return `the run after it was not quiet (exit code ${third.code}): ${changes.join("; ")}\n${third.stdout}${third.stderr}`;
  return undefined;
}

/** Runs `use` with a host in a folder that is removed afterwards. */
async function withHost<T>(
  state: HostState,
  options: HostRunOptions,
  use: (host: SimulatedHost) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "phxc-faults-"));
  const host = await startHost(state, folder, options);
  try {
    return await use(host);
  } finally {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The host's state without what is random or a running number, a fact a line: what two runs to the same end have in
 * common. Records of work that was begun are in it, so that none may be left.
 */
export function settled(host: SimulatedHost): string {
  const { files, modes, timezone, units, datasets, volumes, pools, running, owners, guestFiles } = host.capture();
  const kept = Object.entries(files).filter(([path]) =>
    /^\/(etc|root)\/|^\/var\/lib\/(dpkg|phxc\/(after|intent|first|check|woken)|vz)/.test(path),
  );
  const facts = [
    kept.toSorted(compareKeys),
    datasets,
    volumes,
    pools,
    Object.keys(running),
    owners,
    units,
    timezone,
    Object.entries(modes).filter(([path]) => kept.some(([name]) => name === path)),
    guestFiles,
    host.guests(),
  ];
  return unchanging(JSON.stringify(facts, null, 1));
}

/** Everything that a later run can see. */
function fingerprint(host: SimulatedHost): string {
  const hash = createHash("sha1").update(settled(host));
  for (const path of filesBelow(host, "/")) {
    if (/^\/(run\/lock|tmp|var\/lib\/phxc\/log|etc\/pve\/\.vmlist)/.test(path)) continue;
    hash.update(`${path}\0${unchanging(readFileSync(join(host.root, path), "utf8"))}\0`);
  }
  return hash.digest("hex");
}

/** A text without what is drawn or counted, and without the digests of it that snapshots of a series carry. */
function unchanging(text: string): string {
  return text
    .replace(/#phxc [0-9a-f]{16}\b/g, "#phxc (digest)")
    .replace(/BC:24:11:[0-9A-F:]{8}/g, "(mac)")
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, "(uuid)")
    .replace(/"?(guid|createtxg|ctime|snaptime|creation|version)"?[=:] ?"?\d+/g, "$1=(number)");
}

function firstDifference(have: string, want: string): string {
  const a = have.split("\n");
  const b = want.split("\n");
  const at = Math.max(
    0,
    b.findIndex((line, i) => line !== a[i]),
  );
  return `- ${b.slice(at, at + 3).join("\n- ")}\n+ ${a.slice(at, at + 3).join("\n+ ")}`;
}
