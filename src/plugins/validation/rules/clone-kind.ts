import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { factsOf, labelOf } from "../facts.js";
import { cloneOfOtherKind } from "../findings/lifecycle.js";

/** VMs are cloned from VMs, containers from containers. */
export const cloneKind = defineRule({
  name: "clone/kind",
  check(model, report) {
    for (const { resource, clone, label } of factsOf(model).guests) {
      if (clone === undefined || clone.resource.kind === resource.kind) continue;
      const related = [{ span: clone.resource.headSpan, message: "the source" }];
      report(diagnose(cloneOfOtherKind, clone.span, { guest: label, source: labelOf(clone.resource) }, { related }));
    }
  },
});
