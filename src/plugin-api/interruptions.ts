import type { Step } from "../model/plan.js";

/** A guest that a plan may stop or restart, and why, in words. */
export interface Interruption {
  /** `vm 8001 docker-1` */
  readonly guest: string;
  readonly reason: string;
}

/** Where a plan that converges may stop or restart a running guest, in the order of its steps; a reader must know before. */
export function interruptionsOf(steps: readonly Step[]): readonly Interruption[] {
  return steps.flatMap(({ probe }) => {
    const reason = reasonOf(probe);
    if (reason === undefined || !("guest" in probe) || probe.guest === undefined) return [];
    const { kind, id, name } = probe.guest;
    return [{ guest: `${kind} ${id} ${name}`, reason }];
  });
}

function reasonOf(probe: Step["probe"]): string | undefined {
  if (probe.kind === "restart-needed") return "restarted when a change waits for that (restart = when-needed)";
  return probe.kind === "run-state" && probe.want === "stopped" ? "stopped (state = stopped)" : undefined;
}
