import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { factsOf, placeOf } from "../facts.js";
import type { Guest } from "../facts.js";
import { bootOrderContradicts } from "../findings/lifecycle.js";

/**
 * The host starts guests by order, then by id; those without an order come last. A guest that needs another one must come
 * after it.
 */
export const bootOrder = defineRule({
  name: "boot/order",
  check(model, report) {
    const facts = factsOf(model);
    for (const guest of facts.guests) {
      if (!bootStarted(guest)) continue;
      for (const address of guest.needs) {
        const needed = facts.byAddress.get(address);
        if (needed === undefined || !bootStarted(needed) || needed.host !== guest.host) continue;
        const reason = startsBefore(guest, needed);
        if (reason === undefined) continue;
        const section = guest.boot?.section ?? guest.resource;
        const related = [{ span: needed.boot?.section.headSpan ?? needed.resource.headSpan, message: needed.label }];
        const args = { guest: guest.label, needed: needed.label, reason };
        report(diagnose(bootOrderContradicts, placeOf(section, "order"), args, { related }));
      }
    }
  },
});

function bootStarted(guest: Guest): boolean {
  return guest.boot?.start === true && !guest.template;
}

/** Why the host starts a guest before one that it needs; `undefined` when it does not. */
function startsBefore(guest: Guest, needed: Guest): string | undefined {
  const own = guest.boot?.order ?? Number.POSITIVE_INFINITY;
  const other = needed.boot?.order ?? Number.POSITIVE_INFINITY;
  if (own < other) {
    const compared = Number.isFinite(other) ? `order ${other}` : "no order, which comes last";
    return `it has order ${own}, the other ${compared}`;
  }
  const isFirst = own === other && (guest.resource.id ?? 0) < (needed.resource.id ?? 0);
  return isFirst ? "of equal orders the lower id comes first" : undefined;
}
