import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { factsOf } from "../facts.js";
import { ruleText } from "../firewall-match.js";
import { duplicateRule } from "../findings/firewall.js";

/** No rule of a firewall stands twice. */
export const firewallDuplicate = defineRule({
  name: "firewall/duplicate",
  check(model, report) {
    for (const overrulings of factsOf(model).overruled) {
      for (const { rule, by, kind } of overrulings) {
        if (kind !== "repeated") continue;
        const related = [{ span: by.section.headSpan, message: "it stands here first" }];
        report(diagnose(duplicateRule, rule.section.headSpan, { rule: ruleText(rule) }, { related }));
      }
    }
  },
});
