import { defineRule, diagnose } from "../../../plugin-api/index.js";
import type { FirewallRule, Value } from "../../../plugin-api/index.js";
import { factsOf, staticAddresses } from "../facts.js";
import { addressNotStatic } from "../findings/firewall.js";

/** A rule that names a guest stands for its static addresses: there must be one. */
export const firewallStaticAddress = defineRule({
  name: "firewall/static-address",
  check(model, report) {
    const { guests, firewallRules } = factsOf(model);
    const without = guests.filter((guest) => staticAddresses(guest).length === 0);
    if (without.length === 0) return;
    const unplaced = new Map(without.map((guest) => [guest.resource.address, guest]));
    for (const rule of firewallRules) {
      for (const address of namedResources(rule)) {
        const named = unplaced.get(address);
        if (named === undefined) continue;
        const related = [{ span: named.resource.headSpan, message: named.label }];
        report(diagnose(addressNotStatic, rule.section.headSpan, { guest: named.label }, { related }));
      }
    }
  },
});

/** The resources that the rule's ends name, those inside lists included; each once. */
function namedResources(rule: FirewallRule): ReadonlySet<string> {
  const ends = [rule.source?.resource, rule.dest?.resource].filter((address) => address !== undefined);
  return new Set([...ends, ...refsIn(rule.section.args.get("match"))]);
}

function refsIn(value: Value | undefined): readonly string[] {
  if (value?.type === "ref") return [value.address];
  return value?.type === "list" ? value.items.flatMap(refsIn) : [];
}
