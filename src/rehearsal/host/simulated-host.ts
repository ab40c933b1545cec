import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sentSecrets } from "../../text/secrets.js";
import type { HostState } from "../state.js";
import { captureState } from "./capture.js";
import { isMutating, isStruck } from "./dispatch.js";
import { setActor } from "./guest-answers.js";
import { type GuestEntry, listGuests, writeRunning } from "./guests.js";
import { layOut, type Machine, removeHostFile, writeHostFile } from "./machine.js";
import { type CommandResult, endProcess, type HostRunOptions, perform, type Performer } from "./perform.js";
import { type Caller, listen, type Request } from "./session.js";
import { restart } from "../tools/devices.js";
import { findProgram, layOutCommands } from "./shim.js";

/** A command as the simulated host saw it. */
export interface RecordedCommand {
  /** Paths as the host sees them. */
  readonly argv: readonly string[];
  /** The step of the plan that called it; empty outside of one. */
  readonly step: string;
  /** Whether a command of this kind may change anything. */
  readonly mutating: boolean;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether the simulated host knows it; a plan that uses an unknown one is wrong, or the simulated host is. */
  readonly known: boolean;
  /** Its number among those that a fault can be placed at, from 1; 0 for the others. */
  readonly number: number;
}

/** Something that goes wrong in a run of a script. */
export interface Fault {
  /** The n-th call of a Proxmox or ZFS command, or of another that changes something; from 1. */
  readonly at: number;
  /**
   * `before` and `after` its effect the script is signalled; `during`: half-way, where the command itself dies too (a
   * command that has no such point is done whole); `outlived`: before, and the command goes on to its end all the same;
   * `fail`: the command fails once, without effect.
   */
  readonly when: "before" | "during" | "after" | "outlived" | "fail";
  /** What the script's own process gets; SIGKILL unless given. */
  readonly signal?: "SIGKILL" | "SIGTERM" | "SIGINT";
}

export interface ScriptOptions {
  readonly fault?: Fault;
  readonly env?: Readonly<Record<string, string>>;
  /** Its standard input; nothing unless given. */
  readonly stdin?: string;
  /** After this it is killed; 60 s unless given. */
  readonly timeoutMs?: number;
}

export interface ScriptResult extends CommandResult {
  readonly signal: string | undefined;
  /** What it called, in order of their ends. */
  readonly commands: readonly RecordedCommand[];
}

export interface SimulatedHost {
  /** The folder that stands for `/`. */
  readonly root: string;
  /** What a script needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** All commands of all scripts. */
  readonly log: readonly RecordedCommand[];
  /** The host's state, to be changed behind the scripts' back. */
  readonly state: HostState;
  /** Runs a command as if typed by an administrator: not recorded, not counted. */
  execute(argv: readonly string[], stdin?: string): Promise<CommandResult>;
  /** Runs a script with bash: a path, or its text (with a newline in it). */
  runScript(script: string, args?: readonly string[], options?: ScriptOptions): Promise<ScriptResult>;
  guests(): readonly GuestEntry[];
  /** Adds or removes a device file. */
  setDevice(path: string, present: boolean): void;
  /** Restarts the host. */
  restart(): void;
  /** The whole host as data, to start another one from. */
  capture(): HostState;
  close(): Promise<void>;
}

/** A run of a script: what it called, and what is to go wrong. */
interface Run {
  readonly commands: RecordedCommand[];
  readonly fault: Fault | undefined;
  /** Set once it is started. */
  pid: number;
  counted: number;
}

interface Live extends Performer {
  readonly log: RecordedCommand[];
  readonly runs: Map<string, Run>;
  readonly stock: string;
}

/** Starts a simulated host in an empty folder `dir`; the state is copied. */
export async function startHost(state: HostState, dir: string, options: HostRunOptions = {}): Promise<SimulatedHost> {
  for (const folder of ["tmp", "in"]) mkdirSync(join(dir, folder), { recursive: true });
  const machine = layOut(join(dir, "root"), structuredClone(state));
  writeRunning(machine);
  if (options.guests !== undefined) setActor(machine, options.guests);
  const folders = layOutCommands(dir);
  const live: Live = { machine, options, log: [], runs: new Map(), daemons: new Map(), stock: folders.stock };
  const server = await listen(machine, join(dir, "in"), (request, caller) => void serve(live, request, caller));
  const token = randomBytes(16).toString("hex");
  live.runs.set(token, { commands: [], fault: undefined, pid: 0, counted: 0 });
  const sent = secretsFile(dir, options.secrets ?? {});
  const env = {
    PATH: `${folders.bin}:${folders.stock}`,
    PHXC_ROOT: machine.root,
    PHXC_SIM_PORT: `${server.port}`,
    PHXC_SIM_TOKEN: token,
    HOME: join(machine.root, "root"),
    TMPDIR: join(dir, "tmp"),
    LANG: "C.UTF-8",
    TERM: "dumb",
  };
  return {
    root: machine.root,
    env,
    log: live.log,
    state: machine.state,
    execute: (argv, stdin) => execute(live, argv, stdin),
    runScript: (script, args = [], more = {}) => runScript(live, dir, env, script, [...args, ...sent], more),
    guests: () => listGuests(machine),
    setDevice: (path, present) => setDevice(machine, path, present),
    restart: () => restart(machine),
    capture: () => captureState(machine),
    close: async () => {
      for (const pid of live.daemons.values()) endProcess(pid);
      await server.close();
    },
  };
}

function setDevice(machine: Machine, path: string, present: boolean): void {
  machine.state.devices = machine.state.devices.filter((device) => device !== path);
  if (present) {
    machine.state.devices.push(path);
    writeHostFile(machine, path, "");
  } else removeHostFile(machine, path);
}

/** Serves one call of a script. */
async function serve(live: Live, request: Request, caller: Caller): Promise<void> {
  const run = live.runs.get(request.token);
  if (run === undefined) return caller.reply(127, "", "simulated host: the call is not from a script of this host\n");
  const number = isStruck(request.argv) ? ++run.counted : 0;
  const fault = run.fault?.at === number ? run.fault : undefined;
  const signal = fault?.signal ?? "SIGKILL";
  const strike = (): void => void (run.pid > 0 && endProcess(run.pid, signal));
  const died = { code: signal === "SIGKILL" ? 137 : signal === "SIGTERM" ? 143 : 130, stdout: "", stderr: "" };
  if (fault?.when === "before" || fault?.when === "fail") {
    const result = fault.when === "fail" ? { code: 255, stdout: "", stderr: "simulated failure\n" } : died;
    record(live, run, request, number, result);
    if (fault.when === "before") strike();
    return caller.reply(result.code, result.stdout, result.stderr);
  }
  if (fault?.when === "outlived") strike();
  const output = await perform(live, request, caller, fault?.when === "during");
  if ("real" in output) return caller.real(join(live.stock, output.real));
  record(live, run, request, number, output);
  if (fault?.when === "during" || fault?.when === "after") strike();
  caller.reply(output.code, output.stdout, output.stderr);
}

function record(live: Live, run: Run, { argv, step }: Request, number: number, result: CommandResult): void {
  const known = !(result.code === 127 && result.stderr.includes("simulated host: unknown"));
  const recorded = {
    argv: argv.map((word) => word.replaceAll(live.machine.root, "")),
    step,
    mutating: isMutating(argv),
    ...result,
    known,
    number,
  };
  run.commands.push(recorded);
  live.log.push(recorded);
}

async function execute(live: Live, argv: readonly string[], stdin = ""): Promise<CommandResult> {
  const caller = {
    stdin: () => Promise.resolve(Buffer.from(stdin)),
    daemon: () => Promise.resolve(0),
    gone: new Promise<void>(() => undefined),
  };
  const result = await perform(live, { argv, pid: process.pid, cwd: live.machine.root }, caller, false);
  return "real" in result ? { code: 127, stdout: "", stderr: `simulated host: unknown: ${argv.join(" ")}\n` } : result;
}

/** The option that hands a script values of secrets, in the form in which an apply sends them. */
function secretsFile(dir: string, secrets: Readonly<Record<string, string>>): readonly string[] {
  const entries = Object.entries(secrets);
  if (entries.length === 0) return [];
  const path = join(dir, "secrets");
  writeFileSync(path, sentSecrets(entries), { mode: 0o600 });
  return ["--secrets", path];
}

/** Runs a script in a process group of its own, and waits until it and all that writes to its output has ended. */
async function runScript(
  live: Live,
  dir: string,
  env: Readonly<Record<string, string>>,
  script: string,
  args: readonly string[],
  options: ScriptOptions,
): Promise<ScriptResult> {
  const token = randomBytes(16).toString("hex");
  const run: Run = { commands: [], fault: options.fault, pid: 0, counted: 0 };
  live.runs.set(token, run);
  const path = script.includes("\n") ? join(dir, `plan-${token.slice(0, 8)}.sh`) : script;
  if (script.includes("\n")) {
    writeFileSync(path, script);
    chmodSync(path, 0o755);
  }
  const child = spawn(findProgram("bash") ?? "bash", [path, ...args], {
    cwd: dir,
    detached: true,
    // A variable that bash finds in its environment stays exported: commands learn from it which step called them.
    env: { ...env, ...options.env, STEP: "", PHXC_SIM_TOKEN: token },
    stdio: [options.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  run.pid = child.pid ?? 0;
  let [stdout, stderr] = ["", ""];
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(options.stdin);
  const timer = setTimeout(() => run.pid > 0 && endProcess(-run.pid), options.timeoutMs ?? 60_000);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (...ended) => resolve(ended));
  });
  clearTimeout(timer);
  if (path !== script) rmSync(path, { force: true });
  return { code: code ?? 128, signal: signal ?? undefined, stdout, stderr, commands: run.commands };
}
