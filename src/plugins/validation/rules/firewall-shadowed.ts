import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { factsOf } from "../facts.js";
import { ruleText } from "../firewall-match.js";
import { shadowedRule } from "../findings/firewall.js";

/** Each rule of a firewall decides something: no earlier and wider rule takes all its packets. */
export const firewallShadowed = defineRule({
  name: "firewall/shadowed",
  check(model, report) {
    for (const overrulings of factsOf(model).overruled) {
      for (const { rule, by, kind } of overrulings) {
        if (kind === "repeated") continue;
        const related = [{ span: by.section.headSpan, message: "the wider rule" }];
        const args = { rule: ruleText(rule), by: ruleText(by), contrary: kind === "contrary" };
        report(diagnose(shadowedRule, rule.section.headSpan, args, { related }));
      }
    }
  },
});
