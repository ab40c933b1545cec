import { resolve } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { readText } from "../host/files.js";
import type { CapturedHost } from "../model/captured.js";
import type { Plan } from "../model/plan.js";
import { capturedState, presupposed, readCaptured, surroundings } from "../rehearsal/index.js";
import type { HostState } from "../rehearsal/index.js";
import { describeFailure, MAX_PLAN_BYTES } from "../text/files.js";
import { sourceFile } from "../text/source.js";
import type { Problem } from "./command.js";
import type { Terminal } from "./terminal.js";

/** A simulated host to begin with, and which of its devices were taken away. */
export interface RehearsalHost {
  readonly state: HostState;
  readonly removed: ReadonlySet<string>;
}

/** Reads the state file that `--from` names: the host, or the findings about the file. */
export function readHostFile(
  written: string,
  terminal: Terminal,
): { readonly host: CapturedHost | undefined; readonly diagnostics: readonly Diagnostic[] } | Problem {
  const read = readText(resolve(terminal.cwd, written), MAX_PLAN_BYTES);
  if (!read.ok) return { problem: `cannot read ${written}: ${describeFailure(read.reason)}` };
  const { value, diagnostics } = readCaptured(sourceFile(written, read.text), read.text);
  return { host: value, diagnostics };
}

/**
 * The captured host, or else the one that the plan presupposes, less some devices; one that it would not have had is a
 * mistake in writing.
 */
export function rehearsalHost(
  plan: Plan,
  captured: CapturedHost | undefined,
  without: readonly string[],
): RehearsalHost | Problem {
  const state = captured === undefined ? presupposed(plan) : { ...capturedState(captured), ...surroundings(plan) };
  const removed = new Set<string>();
  for (const pattern of without) {
    const matching = state.devices.filter((path) =>
      pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern,
    );
    if (matching.length === 0) return noDevice(pattern, captured === undefined ? "plan uses" : "host has", state);
    for (const path of matching) removed.add(path);
  }
  return { state: { ...state, devices: state.devices.filter((path) => !removed.has(path)) }, removed };
}

function noDevice(pattern: string, who: "plan uses" | "host has", { devices }: HostState): Problem {
  const hint = devices.length === 0 ? `the ${who} no devices` : `it ${who.split(" ")[1] ?? ""} ${devices.join(", ")}`;
  return { problem: `the ${who} no device ${pattern}`, hint };
}
