import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { factsOf, placeOf } from "../facts.js";
import { snapshotOfTemplate } from "../findings/lifecycle.js";

/** A template has no snapshots: Proxmox refuses both orders. */
export const snapshotTemplate = defineRule({
  name: "snapshot/template",
  check(model, report) {
    for (const guest of factsOf(model).guests) {
      const [first] = guest.snapshots;
      if (!guest.template || first === undefined) continue;
      const related = [{ span: placeOf(guest.resource, "template"), message: "it is a template" }];
      report(diagnose(snapshotOfTemplate, first.section.headSpan, { guest: guest.label }, { related }));
    }
  },
});
