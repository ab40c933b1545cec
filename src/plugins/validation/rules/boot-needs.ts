import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { factsOf, placeOf } from "../facts.js";
import { bootNeedsUnstarted } from "../findings/lifecycle.js";

/** What a boot-started guest needs starts with the host as well. Clone sources are no needs in this sense. */
export const bootNeeds = defineRule({
  name: "boot/needs",
  check(model, report) {
    const facts = factsOf(model);
    for (const guest of facts.guests) {
      if (guest.template || guest.boot?.start !== true) continue;
      for (const address of guest.needs) {
        const needed = facts.byAddress.get(address);
        if (needed === undefined || (needed.boot?.start === true && !needed.template)) continue;
        const at = needed.boot?.section.headSpan ?? needed.resource.headSpan;
        const related = [{ span: at, message: `${needed.label} does not start at boot` }];
        const args = { guest: guest.label, needed: needed.label };
        report(diagnose(bootNeedsUnstarted, placeOf(guest.resource, "needs"), args, { related }));
      }
    }
  },
});
