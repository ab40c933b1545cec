import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { factsOf } from "../facts.js";
import { ruleText } from "../firewall-match.js";
import { duplicateRule } from "../findings/firewall.js";

/** No firewall rule of a guest stands twice. */
export const firewallDuplicate = defineRule({
  name: "firewall/duplicate",
  check(model, report) {
    for (const guest of factsOf(model).guests) {
      for (const { rule, by, kind } of guest.overrulings) {
        if (kind !== "repeated") continue;
        const related = [{ span: by.section.headSpan, message: "it stands here first" }];
        report(diagnose(duplicateRule, rule.section.headSpan, { rule: ruleText(rule) }, { related }));
      }
    }
  },
});
