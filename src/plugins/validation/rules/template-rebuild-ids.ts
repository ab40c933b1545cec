import { defineRule, diagnose, rangeOf, settingOf } from "../../../plugin-api/index.js";
import { factsOf, placeOf } from "../facts.js";
import { rebuildIdsIdle, rebuildIdsOutside } from "../findings/templates.js";

const [LOWEST, HIGHEST] = [100, 999_999_999];

/** The ids under which a template is made anew are ids of Proxmox, and of a template. */
export const templateRebuildIds = defineRule({
  name: "template/rebuild-ids",
  check(model, report) {
    for (const { template, resource, label } of factsOf(model).guests) {
      if (settingOf(resource, "rebuild_ids") === undefined) continue;
      const at = placeOf(resource, "rebuild_ids");
      if (!template) report(diagnose(rebuildIdsIdle, at, { guest: label }));
      const range = rangeOf(resource, "rebuild_ids");
      if (range === undefined) continue;
      const [first, last] = range;
      if (Number(first) < LOWEST || Number(last) > HIGHEST) {
        report(diagnose(rebuildIdsOutside, at, { guest: label, range: `${first}..${last}` }));
      }
    }
  },
});
