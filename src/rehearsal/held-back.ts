import type { Plan } from "../model/plan.js";
import type { Address } from "../model/resource.js";

/** Exit code of a script that held guests back, or in which a step failed. */
const STEP_FAILED = 4;

/** The guests that a plan holds back on a host without some devices, with those that need them. */
export function heldBackWithout(plan: Plan, devices: ReadonlySet<string>): ReadonlySet<Address> {
  const held = new Set(
    plan.requirements.flatMap((requirement) =>
      requirement.kind === "device" && devices.has(requirement.path) ? requirement.blocks : [],
    ),
  );
  // A guest comes after those that it needs.
  for (const { address, needs } of plan.guests) if (needs.some((needed) => held.has(needed))) held.add(address);
  return held;
}

/** The guests that a run says it held back for want of a device, or of another guest. */
function heldBackIn(stdout: string): ReadonlySet<Address> {
  const lines = stdout.matchAll(/^! (vm|ct) (\d+) .*: held back: (?:there is no device |it needs )/gm);
  return new Set(Array.from(lines, ([, kind, id]) => `${kind}.${id}`));
}

/** Whether a run did all but what was meant to be held back: it came to its end, and nothing else is missing. */
export function endedAsMeant(
  { code, stdout }: { readonly code: number; readonly stdout: string },
  meant: ReadonlySet<Address>,
): boolean {
  if (code === 0) return true;
  const count = /^Guests: .*, (\d+) held back\. /m.exec(stdout)?.[1];
  const held = heldBackIn(stdout);
  return code === STEP_FAILED && Number(count) === held.size && [...held].every((address) => meant.has(address));
}
