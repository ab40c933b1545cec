import type { Plan } from "../model/plan.js";
import { presupposed } from "../rehearsal/index.js";
import type { HostState } from "../rehearsal/index.js";
import type { Problem } from "./command.js";

/** A simulated host to begin with, and which of its devices were taken away. */
export interface RehearsalHost {
  readonly state: HostState;
  readonly removed: ReadonlySet<string>;
}

/** The host that the plan presupposes, less some devices; one that it would not have had is a mistake in writing. */
export function rehearsalHost(plan: Plan, without: readonly string[]): RehearsalHost | Problem {
  const state = presupposed(plan);
  const removed = new Set<string>();
  for (const pattern of without) {
    const matching = state.devices.filter((path) =>
      pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern,
    );
    if (matching.length === 0) {
      const hint = state.devices.length === 0 ? "the plan uses no devices" : `it uses ${state.devices.join(", ")}`;
      return { problem: `the plan uses no device ${pattern}`, hint };
    }
    for (const path of matching) removed.add(path);
  }
  return { state: { ...state, devices: state.devices.filter((path) => !removed.has(path)) }, removed };
}
