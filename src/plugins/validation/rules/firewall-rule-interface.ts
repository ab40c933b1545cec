import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { factsOf } from "../facts.js";
import { filters } from "../firewall-match.js";
import { ruleOffInterface } from "../findings/firewall.js";

/** A rule for one interface filters only where that one has its firewall switched on. */
export const firewallRuleInterface = defineRule({
  name: "firewall/rule-interface",
  check(model, report) {
    for (const guest of factsOf(model).guests) {
      // A guest of which no interface filters is told so once.
      if (!filters(guest)) continue;
      for (const { iface, section } of guest.firewall?.rules ?? []) {
        if (iface === undefined) continue;
        const net = guest.nets.find(({ index }) => `net${index}` === iface);
        if (net?.firewall === true) continue;
        report(diagnose(ruleOffInterface, section.headSpan, { iface, exists: net !== undefined }));
      }
    }
  },
});
