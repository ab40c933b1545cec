import { disks } from "../../plugin-api/index.js";
import type { LowerContext, Lowered, Resource, Step } from "../../plugin-api/index.js";
import { checkSteps } from "./checks.js";
import { workSteps } from "./features.js";
import { firewallSteps } from "./firewall.js";
import { diskSteps, snapshotSteps, stateSteps, templateSteps } from "./lifecycle.js";
import { inputSteps } from "./inputs.js";
import { retiredSteps } from "./retired.js";
import { isScriptStep } from "./scripts.js";
import { joinLowered, onlySteps } from "./step.js";
import { withRest } from "./work.js";

/**
 * The turn of a guest of either kind: what its kind makes and sets, then disks, firewall, start, work inside, checks,
 * template, with its snapshots between them.
 */
export function guestTurn(resource: Resource, context: LowerContext, made: readonly Lowered[]): Lowered {
  const lowered = joinLowered([
    ...made,
    onlySteps(diskSteps(resource, disks(resource))),
    firewallSteps(resource, context.model),
    onlySteps(retiredSteps(resource, context.retired)),
    onlySteps(snapshotSteps(resource, "configured")),
    onlySteps(stateSteps(resource)),
    workSteps(resource, context),
    checkSteps(resource, context),
    onlySteps([...snapshotSteps(resource, "finished"), ...templateSteps(resource)]),
  ]);
  const inputs = inputSteps(resource, context.model, lowered.steps);
  const rested = withRest(resource, { ...lowered, steps: [...inputs, ...lowered.steps] });
  return { ...rested, steps: withInstalled(rested.steps, snapshotSteps(resource, "installed")) };
}

/** The snapshots of what is installed stand before the scripts; without any, a guest that only the work has started is at rest. */
function withInstalled(steps: readonly Step[], snapshots: readonly Step[]): readonly Step[] {
  const script = steps.findIndex(isScriptStep);
  return steps.toSpliced(script === -1 ? steps.length : script, 0, ...snapshots);
}
