import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { factsOf } from "../facts.js";
import { portWithoutProtocol } from "../findings/firewall.js";

/** Protocols with ports, by name and number; those of ICMP take a message type in the same place. */
const WITH_PORTS = /^(tcp|udp|udplite|sctp|dccp|6|17|136|132|33|icmp|icmpv6|ipv6-icmp|1|58)$/;

/** Ports go with protocols that have them. */
export const firewallPortProtocol = defineRule({
  name: "firewall/port-protocol",
  check(model, report) {
    for (const rule of factsOf(model).guests.flatMap((guest) => guest.firewall?.rules ?? [])) {
      if (rule.proto === undefined || rule.ports === undefined || WITH_PORTS.test(rule.proto)) continue;
      report(diagnose(portWithoutProtocol, rule.section.headSpan, { proto: rule.proto, ports: rule.ports }));
    }
  },
});
