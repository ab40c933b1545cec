import { defineRule, diagnose, parseRange, parseIp, rangeHolds, stringOf } from "../../../plugin-api/index.js";
import type { Diagnostic, GuestNet, Ip, IpRange } from "../../../plugin-api/index.js";
import { factsOf, placeOf } from "../facts.js";
import { addressOutsideSubnet, addressUnusable, prefixDisagrees } from "../findings/network.js";

/** A static address lies in its network's subnet, is not the first or last of it, and its prefix is the subnet's. */
export const networkAddressInSubnet = defineRule({
  name: "network/address-in-subnet",
  check(model, report) {
    for (const guest of factsOf(model).guests) {
      for (const net of guest.nets) {
        const finding = judge(net);
        if (finding !== undefined) report(finding);
      }
    }
  },
});

function judge(net: GuestNet): Diagnostic | undefined {
  const subnet = net.network === undefined ? undefined : stringOf(net.network, "subnet");
  const range = subnet === undefined ? undefined : parseRange(subnet);
  const ip = net.address === undefined ? undefined : parseIp(net.address);
  if (net.network === undefined || net.address === undefined) return undefined;
  if (subnet === undefined || range === undefined || ip === undefined) return undefined;
  const at = placeOf(net.section, "ip");
  const related = [{ span: placeOf(net.network, "subnet"), message: "the subnet" }];
  const { address, network } = { address: net.address, network: net.network };
  if (!rangeHolds(range, ip)) {
    return diagnose(addressOutsideSubnet, at, { address, network: network.name, subnet }, { related });
  }
  if (net.prefix !== undefined && !subnet.endsWith(`/${net.prefix}`)) {
    return diagnose(prefixDisagrees, at, { prefix: net.prefix, network: network.name, subnet }, { related });
  }
  const role = reservedRole(range, ip);
  return role === undefined ? undefined : diagnose(addressUnusable, at, { address, subnet, role }, { related });
}

/** Nets of one or two addresses (/31, /32) and IPv6 have neither. */
function reservedRole(range: IpRange, ip: Ip): "network" | "broadcast" | undefined {
  if (range.version === 6 || range.high - range.low < 2n) return undefined;
  if (ip.value === range.low) return "network";
  return ip.value === range.high ? "broadcast" : undefined;
}
