import {
  ICMPV6_TYPES,
  ICMP_PROTOCOLS,
  ICMP_TYPES,
  MAX_PORTS,
  defineRule,
  diagnose,
} from "../../../plugin-api/index.js";
import type { Diagnostic, FirewallRule } from "../../../plugin-api/index.js";
import { isReadable } from "../../guest/firewall.js";
import { hasLines } from "../../guest/firewall-text.js";
import { factsOf, placeOf } from "../facts.js";
import { ruleText } from "../firewall-match.js";
import { icmpTypeUnfit, macroWithPorts, mixedFamilies, tooManyPorts } from "../findings/firewall.js";

/** The words of each rule go together: Proxmox drops a rule whose words do not, with a line in its log. */
export const firewallWordsRule = defineRule({
  name: "firewall/words",
  check(model, report) {
    for (const rule of factsOf(model).firewallRules) {
      for (const finding of [...macroFindings(rule), ...icmpFindings(rule), ...portFindings(rule)]) report(finding);
      if (rule.direction !== "group" && isReadable(rule) && !hasLines(rule))
        report(diagnose(mixedFamilies, rule.section.headSpan, { rule: ruleText(rule) }));
    }
  },
});

function macroFindings({ macro, ports, sourcePorts, icmpType, section }: FirewallRule): readonly Diagnostic[] {
  const what = ports ?? sourcePorts ?? icmpType;
  return macro === undefined || what === undefined ? [] : [diagnose(macroWithPorts, section.headSpan, { macro, what })];
}

function icmpFindings(rule: FirewallRule): readonly Diagnostic[] {
  const { icmpType: type, proto, ports, macro, section } = rule;
  if (type === undefined || macro !== undefined) return [];
  const problem = icmpProblem(type, proto, ports);
  return problem === undefined ? [] : [diagnose(icmpTypeUnfit, placeOf(section, "icmp_type"), { type, problem })];
}

function icmpProblem(type: string, proto: string | undefined, ports: string | undefined): string | undefined {
  if (proto === undefined) return "the rule is for all protocols";
  if (!ICMP_PROTOCOLS.has(proto)) return `the rule is for ${proto}`;
  if (ports !== undefined) return `the rule has the type ${ports} already`;
  const isKnown = (proto === "icmp" ? ICMP_TYPES : ICMPV6_TYPES).has(type);
  return isKnown ? undefined : `${proto} has no such type`;
}

function portFindings({ ports, sourcePorts, section }: FirewallRule): readonly Diagnostic[] {
  return [ports, sourcePorts].flatMap((text) => {
    const count = text?.split(/[,:]/).length ?? 0;
    return count > MAX_PORTS ? [diagnose(tooManyPorts, section.headSpan, { count, most: MAX_PORTS })] : [];
  });
}
