import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { factsOf } from "../facts.js";
import { filters } from "../firewall-match.js";
import { firewallOffInterface } from "../findings/firewall.js";

/** Proxmox applies a guest's rules only to interfaces with `firewall = true`. */
export const firewallInterface = defineRule({
  name: "firewall/interface",
  check(model, report) {
    for (const guest of factsOf(model).guests) {
      const { firewall } = guest;
      if (firewall?.enabled !== true || guest.nets.length === 0 || filters(guest)) continue;
      const related = guest.nets.slice(0, 1).map((net) => ({ span: net.section.headSpan, message: "its first net" }));
      report(diagnose(firewallOffInterface, firewall.section.headSpan, { guest: guest.label }, { related }));
    }
  },
});
