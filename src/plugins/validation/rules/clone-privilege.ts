import { boolOf, defineRule, diagnose, isUnprivileged } from "../../../plugin-api/index.js";
import { factsOf, labelOf, placeOf } from "../facts.js";
import { clonePrivilege } from "../findings/lifecycle.js";

/** A clone has the `unprivileged` of its source; Proxmox refuses to change it afterwards. */
export const clonePrivilegeRule = defineRule({
  name: "clone/privilege",
  check(model, report) {
    for (const { resource, clone, label } of factsOf(model).guests) {
      const own = boolOf(resource, "unprivileged");
      if (own === undefined || clone?.resource.kind !== "ct") continue;
      const isSource = isUnprivileged(clone.resource, model);
      if (isSource === own) continue;
      const related = [{ span: placeOf(clone.resource, "unprivileged"), message: "the source" }];
      const sourceIs = isSource ? "unprivileged" : "privileged";
      const args = { guest: label, source: labelOf(clone.resource), sourceIs };
      report(diagnose(clonePrivilege, placeOf(resource, "unprivileged"), args, { related }));
    }
  },
});
