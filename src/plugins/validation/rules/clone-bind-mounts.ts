import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { factsOf } from "../facts.js";
import { cloneSourceHasMounts } from "../findings/lifecycle.js";

/** `pct clone` refuses a container with bind mounts. */
export const cloneBindMounts = defineRule({
  name: "clone/bind-mounts",
  check(model, report) {
    const facts = factsOf(model);
    for (const { clone } of facts.guests) {
      const source = clone === undefined ? undefined : facts.byAddress.get(clone.address);
      const mount = source?.mounts[0];
      if (clone === undefined || source === undefined || mount === undefined) continue;
      const related = [{ span: mount.section.headSpan, message: "a bind mount of the source" }];
      report(diagnose(cloneSourceHasMounts, clone.span, { source: source.label }, { related }));
    }
  },
});
