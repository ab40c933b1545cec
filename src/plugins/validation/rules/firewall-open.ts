import { argsOf, defineRule, diagnose } from "../../../plugin-api/index.js";
import type { FirewallRule } from "../../../plugin-api/index.js";
import { parseCidr } from "../addresses.js";
import { factsOf } from "../facts.js";
import { openRule } from "../findings/firewall.js";

/** Ports that a guest's firewall opens to the whole world without saying so (`from any` says so). */
export const firewallOpen = defineRule({
  name: "firewall/open",
  check(model, report) {
    for (const { firewall } of factsOf(model).guests) {
      if (firewall?.enabled !== true) continue;
      for (const rule of firewall.rules) {
        if (!isOpen(rule) || argsOf(rule.section, "match").includes("any")) continue;
        const what = rule.ports === undefined ? (rule.proto ?? "everything") : `${rule.proto} ${rule.ports}`;
        report(diagnose(openRule, rule.section.headSpan, { what }));
      }
    }
  },
});

function isOpen(rule: FirewallRule): boolean {
  if (rule.direction !== "in" || rule.action !== "ACCEPT" || !rule.enabled || rule.problem !== undefined) return false;
  return rule.source === undefined || rule.source.addresses.some((text) => isEverything(text));
}

function isEverything(text: string): boolean {
  const range = text.endsWith("/0") ? parseCidr(text) : undefined;
  return range !== undefined;
}
