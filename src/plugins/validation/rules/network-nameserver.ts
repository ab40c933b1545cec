import { defineRule, diagnose, formatIp, parseIp, settingOf, stringsOf } from "../../../plugin-api/index.js";
import type { Resource } from "../../../plugin-api/index.js";
import { factsOf, placeOf } from "../facts.js";
import type { Facts, Guest } from "../facts.js";
import { silentNameserver } from "../findings/network.js";
import { effectivePolicyIn, portsCover } from "../firewall-match.js";

/**
 * A name server that is a declared guest and certainly does not answer: it is a template, or its own firewall drops
 * queries. Whether a guest runs a resolver at all is not known here, so that nothing else is reported.
 */
export const networkNameserver = defineRule({
  name: "network/nameserver",
  check(model, report) {
    const facts = factsOf(model);
    const users: readonly (readonly [Resource, string])[] = [
      ...facts.networks.map((network) => [network, "dns"] as const),
      ...facts.guests.map((guest) => [guest.resource, "nameservers"] as const),
    ];
    for (const [resource, name] of users) {
      if (settingOf(resource, name) === undefined) continue;
      for (const address of stringsOf(resource, name)) {
        const guest = silentGuest(address, facts);
        if (guest === undefined) continue;
        const args = { address, guest: guest.label, why: silence(guest) ?? "does not answer" };
        const related = [{ span: guest.resource.headSpan, message: "the guest" }];
        report(diagnose(silentNameserver, placeOf(resource, name), args, { related }));
      }
    }
  },
});

function silentGuest(address: string, facts: Facts): Guest | undefined {
  const ip = parseIp(address);
  const owners = ip === undefined ? [] : (facts.byIp.get(formatIp(ip)) ?? []);
  const [only] = owners;
  return owners.length === 1 && only !== undefined && silence(only) !== undefined ? only : undefined;
}

function silence(guest: Guest): string | undefined {
  if (guest.template) return "is a template and never runs";
  if (guest.firewall === undefined || effectivePolicyIn(guest) === "ACCEPT") return undefined;
  const answers = guest.rules.some(({ rule, match }) => {
    if (rule.direction !== "in" || !rule.enabled) return false;
    if (match === undefined) return true;
    return (
      rule.action === "ACCEPT" &&
      (match.proto === undefined || /^(udp|17)$/.test(match.proto)) &&
      portsCover(match.ports, 53)
    );
  });
  return answers ? undefined : "drops queries: its firewall accepts nothing on port 53";
}
