import type { Plan } from "../model/plan.js";

/** What a plan that converges nothing does, in words: `to stop web, db`; undefined for one that converges. */
export function aimOf({ action, targets }: Plan): string | undefined {
  if (action === undefined) return undefined;
  const names = targets.join(", ");
  return action === "health" ? `to ask the health of ${names || "all guests"}` : `to ${action} ${names}`;
}
