import { disks } from "../../plugin-api/index.js";
import type { LowerContext, Lowered, Resource } from "../../plugin-api/index.js";
import { checkSteps } from "./checks.js";
import { workSteps } from "./features.js";
import { firewallSteps } from "./firewall.js";
import { diskSteps, snapshotSteps, stateSteps, templateSteps } from "./lifecycle.js";
import { inputSteps } from "./inputs.js";
import { retiredSteps } from "./retired.js";
import { joinLowered, onlySteps } from "./step.js";
import { withRest } from "./work.js";

/**
 * The turn of a guest of either kind: what its kind makes and sets, then disks, firewall, start, work inside, checks,
 * snapshots, template.
 */
export function guestTurn(resource: Resource, context: LowerContext, made: readonly Lowered[]): Lowered {
  const lowered = joinLowered([
    ...made,
    onlySteps(diskSteps(resource, disks(resource))),
    firewallSteps(resource, context.model),
    onlySteps(retiredSteps(resource, context.retired)),
    onlySteps(stateSteps(resource)),
    workSteps(resource, context),
    checkSteps(resource, context),
    onlySteps([...snapshotSteps(resource), ...templateSteps(resource)]),
  ]);
  const inputs = inputSteps(resource, context.model, lowered.steps);
  return withRest(resource, inputs.length === 0 ? lowered : { ...lowered, steps: [...inputs, ...lowered.steps] });
}
