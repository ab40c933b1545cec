import { existsSync, readFileSync } from "node:fs";
import type { Arguments } from "../schema/arguments.js";
import { type Machine, machinePath } from "./machine.js";
import { refuse } from "./refusal.js";

/** A command while it runs. */
export interface Command {
  readonly machine: Machine;
  /** The process that asks; files such as `/dev/fd/63` are read from there. */
  readonly pid: number;
  /** Its working folder. */
  readonly cwd: string;
  readonly print: (line: string) => void;
  readonly warn: (line: string) => void;
  /** All of its stdin; read only where the genuine command reads it. */
  readonly stdin: () => Promise<Buffer>;
  /**
   * Where a long command is half done: what a kill here leaves behind is on disk. Waits for the configured time, and throws
   * when the command is killed.
   */
  readonly midway: () => Promise<void>;
  /** Leaves a process behind for a VM that keeps the caller's open files, as kvm does. */
  readonly daemon: (id: number) => Promise<void>;
}

/** A command of Proxmox with its arguments read. */
export interface Call extends Command {
  readonly args: Arguments;
}

export type Handler = (call: Call) => Promise<void> | void;

/** An argument that must be there (the reader has seen to it). */
export function argument(call: Call, name: string): string {
  return call.args.values.get(name) ?? "";
}

/** Whether a boolean option was given and is true. */
export function flag(call: Call, name: string): boolean {
  return call.args.values.get(name) === "1";
}

/** The guest's id of the call. */
export function vmid(call: Call, name = "vmid"): number {
  return Number(argument(call, name));
}

/** The real path of a file that a command line names: in the host's folder, or a descriptor of the caller. */
export function callerFile(command: Command, path: string): string | undefined {
  const descriptor = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(path)?.[1];
  if (descriptor !== undefined) return `/proc/${command.pid}/fd/${descriptor}`;
  if (path === "/dev/null") return path;
  const candidates = path.startsWith("/") ? [machinePath(command.machine, path), path] : [`${command.cwd}/${path}`];
  return candidates.find((candidate) => existsSync(candidate));
}

/** The text of a file that an option names; refused in Proxmox's words when it cannot be read. */
export async function readCallerFile(command: Command, path: string): Promise<string> {
  if (path === "/dev/stdin" || path === "-") return (await command.stdin()).toString("utf8");
  const at = callerFile(command, path);
  if (at === undefined) return refuse(`can't open '${path}' - No such file or directory`, 2);
  return readFileSync(at, "utf8");
}
