import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { factsOf, placeOf } from "../facts.js";
import { disabledWithRules } from "../findings/firewall.js";

/** A disabled firewall with rules looks like protection and is none. */
export const firewallDisabled = defineRule({
  name: "firewall/disabled",
  check(model, report) {
    for (const { firewall, label } of factsOf(model).guests) {
      if (firewall === undefined || firewall.enabled || firewall.rules.length === 0) continue;
      const args = { guest: label, count: firewall.rules.length };
      report(diagnose(disabledWithRules, placeOf(firewall.section, "enabled"), args));
    }
  },
});
