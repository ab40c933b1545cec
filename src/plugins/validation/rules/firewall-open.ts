import { argsOf, defineRule, diagnose } from "../../../plugin-api/index.js";
import type { FirewallRule } from "../../../plugin-api/index.js";
import { factsOf } from "../facts.js";
import { openRule } from "../findings/firewall.js";

/** Ports that a guest's firewall opens to the whole world without saying so (`from any` says so). */
export const firewallOpen = defineRule({
  name: "firewall/open",
  check(model, report) {
    for (const { firewall, overrulings } of factsOf(model).guests) {
      const open = firewall?.enabled === true ? firewall.rules.filter(isOpen) : [];
      if (open.length === 0) continue;
      const overruled = new Set(overrulings.map(({ rule }) => rule));
      for (const rule of open) {
        if (overruled.has(rule)) continue;
        const what =
          rule.macro ?? (rule.ports === undefined ? (rule.proto ?? "everything") : `${rule.proto} ${rule.ports}`);
        report(diagnose(openRule, rule.section.headSpan, { what }));
      }
    }
  },
});

function isOpen(rule: FirewallRule): boolean {
  if (rule.direction !== "in" || rule.action !== "ACCEPT" || !rule.enabled || rule.problem !== undefined) return false;
  if (rule.source === undefined) return !argsOf(rule.section, "match").includes("any");
  return rule.source.addresses.some((text) => text.endsWith("/0"));
}
