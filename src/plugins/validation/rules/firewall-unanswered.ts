import { defineRule, diagnose, parseRange } from "../../../plugin-api/index.js";
import { factsOf, staticAddresses } from "../facts.js";
import type { Guest } from "../facts.js";
import { effectivePolicyIn, endCovers, matchCovers, ruleText } from "../firewall-match.js";
import type { EndMatch, RuleMatch } from "../firewall-match.js";
import { unansweredRule } from "../findings/firewall.js";

/** What one guest's firewall lets out to another guest, the other's lets in. */
export const firewallUnanswered = defineRule({
  name: "firewall/unanswered",
  check(model, report) {
    const facts = factsOf(model);
    const owners = new Map(facts.guests.flatMap((guest) => addresses(guest).map((text) => [text, guest] as const)));
    for (const guest of facts.guests) {
      if (guest.firewall?.enabled !== true) continue;
      for (const { rule, match } of guest.rules) {
        const [address, ...more] = rule.dest?.addresses ?? [];
        const target = address === undefined || more.length > 0 ? undefined : owners.get(address);
        if (rule.direction !== "out" || rule.action !== "ACCEPT" || !rule.enabled) continue;
        if (target === undefined || target === guest || match === undefined || letsIn(target, guest, match)) continue;
        const at = target.firewall?.section.headSpan ?? target.resource.headSpan;
        const args = { rule: ruleText(rule), target: target.label, source: guest.label };
        const related = [{ span: at, message: `the firewall of ${target.label}` }];
        report(diagnose(unansweredRule, rule.section.headSpan, args, { related }));
      }
    }
  },
});

function addresses(guest: Guest): readonly string[] {
  return staticAddresses(guest).map(({ address }) => address);
}

/** Whether the target's firewall accepts all that the rule lets out; rules that cannot be read count as accepting it. */
function letsIn(target: Guest, source: Guest, out: RuleMatch): boolean {
  if (target.firewall === undefined || effectivePolicyIn(target) === "ACCEPT") return true;
  const from = sourceEnd(source);
  if (from === undefined) return true;
  const packet: RuleMatch = {
    proto: out.proto,
    ports: out.ports,
    source: from,
    dest: undefined,
    iface: undefined,
    more: undefined,
  };
  return target.rules.some(({ rule, match }) => {
    if (rule.direction === "out" || !rule.enabled) return false;
    if (match === undefined) return true;
    const accepts = matchCovers({ ...match, dest: undefined, iface: undefined, more: undefined }, packet);
    return rule.action === "ACCEPT" && accepts && (match.dest === undefined || endCovers(match.dest, out.dest));
  });
}

function sourceEnd(guest: Guest): EndMatch | undefined {
  const ranges = addresses(guest).flatMap((text) => parseRange(text) ?? []);
  return ranges.length === 0 ? undefined : { ranges: ranges.slice(0, 1), names: [] };
}
