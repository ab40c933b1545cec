import {
  defineRule,
  diagnose,
  parseRange,
  parseIp,
  rangeHolds,
  settingOf,
  stringOf,
} from "../../../plugin-api/index.js";
import type { Diagnostic, GuestNet, Resource } from "../../../plugin-api/index.js";
import { factsOf, placeOf } from "../facts.js";
import { addressIsGateway, gatewayOutsideSubnet } from "../findings/network.js";

/** A gateway is reachable from the addresses that use it, and is none of them. */
export const networkGateway = defineRule({
  name: "network/gateway",
  check(model, report) {
    const { guests, networks } = factsOf(model);
    const findings = [...networks.map(judgeNetwork), ...guests.flatMap((guest) => guest.nets.map(judgeNet))];
    for (const finding of findings) if (finding !== undefined) report(finding);
  },
});

function judgeNetwork(network: Resource): Diagnostic | undefined {
  const gateway = stringOf(network, "gateway");
  const subnet = stringOf(network, "subnet");
  const ip = gateway === undefined ? undefined : parseIp(gateway);
  const range = subnet === undefined ? undefined : parseRange(subnet);
  if (gateway === undefined || subnet === undefined || ip === undefined || range === undefined) return undefined;
  if (rangeHolds(range, ip)) return undefined;
  const related = [{ span: placeOf(network, "subnet"), message: "the subnet" }];
  return diagnose(gatewayOutsideSubnet, placeOf(network, "gateway"), { gateway, subnet }, { related });
}

/** A host prefix (/32, /128) has every gateway outside of it by intention. */
function judgeNet(net: GuestNet): Diagnostic | undefined {
  const gateway = net.gateway === undefined ? undefined : parseIp(net.gateway);
  const ip = net.address === undefined ? undefined : parseIp(net.address);
  if (net.gateway === undefined || net.address === undefined || gateway === undefined || ip === undefined)
    return undefined;
  const ownGateway = settingOf(net.section, "gateway");
  if (ip.version === gateway.version && ip.value === gateway.value) {
    const span = ownGateway?.span ?? (net.network && placeOf(net.network, "gateway"));
    const related = span === undefined ? [] : [{ span, message: "the gateway" }];
    return diagnose(addressIsGateway, placeOf(net.section, "ip"), { address: net.address }, { related });
  }
  const subnet = `${net.address}/${net.prefix}`;
  const range = parseRange(subnet);
  if (ownGateway === undefined || range === undefined || range.low === range.high) return undefined;
  if (rangeHolds(range, gateway)) return undefined;
  return diagnose(gatewayOutsideSubnet, ownGateway.span, { gateway: net.gateway, subnet });
}
