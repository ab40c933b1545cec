import { ICMP_PROTOCOLS, PROTOCOLS_WITH_PORTS, defineRule, diagnose } from "../../../plugin-api/index.js";
import { factsOf } from "../facts.js";
import { portWithoutProtocol } from "../findings/firewall.js";

/** ICMP and ICMPv6 by number; those take a message type in the place of ports. */
const ICMP_NUMBERS: ReadonlySet<string> = new Set(["1", "58"]);

/** Ports go with protocols that have them. */
export const firewallPortProtocol = defineRule({
  name: "firewall/port-protocol",
  check(model, report) {
    for (const { proto, ports, sourcePorts, macro, section } of factsOf(model).firewallRules) {
      const hasPorts = proto !== undefined && PROTOCOLS_WITH_PORTS.has(proto);
      const isIcmp = proto !== undefined && (ICMP_PROTOCOLS.has(proto) || ICMP_NUMBERS.has(proto));
      if (hasPorts || macro !== undefined) continue;
      const unfit = isIcmp || proto === undefined ? sourcePorts : (ports ?? sourcePorts);
      if (unfit !== undefined) report(diagnose(portWithoutProtocol, section.headSpan, { proto, ports: unfit }));
    }
  },
});
