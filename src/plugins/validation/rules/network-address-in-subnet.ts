import { defineRule, diagnose, parseRange, parseIp, rangeHolds, stringOf } from "../../../plugin-api/index.js";
import type { Diagnostic, Ip, IpRange } from "../../../plugin-api/index.js";
import { factsOf, placeOf, staticAddresses } from "../facts.js";
import { addressOutsideSubnet, addressUnusable, prefixDisagrees } from "../findings/network.js";

/** A static address lies in its network's subnet, is not the first or last of it, and its prefix is the subnet's. */
export const networkAddressInSubnet = defineRule({
  name: "network/address-in-subnet",
  check(model, report) {
    for (const guest of factsOf(model).guests) {
      for (const place of staticAddresses(guest)) {
        const finding = judge(place);
        if (finding !== undefined) report(finding);
      }
    }
  },
});

function judge({ net, address, prefix, ...names }: ReturnType<typeof staticAddresses>[number]): Diagnostic | undefined {
  const { network } = net;
  const subnet = network === undefined ? undefined : stringOf(network, names.subnet);
  const range = subnet === undefined ? undefined : parseRange(subnet);
  const ip = parseIp(address);
  if (network === undefined || subnet === undefined || range === undefined || ip === undefined) return undefined;
  const at = placeOf(net.section, names.attribute);
  const related = [{ span: placeOf(network, names.subnet), message: "the subnet" }];
  if (!rangeHolds(range, ip)) {
    return diagnose(addressOutsideSubnet, at, { address, network: network.name, subnet }, { related });
  }
  if (prefix !== undefined && !subnet.endsWith(`/${prefix}`)) {
    return diagnose(prefixDisagrees, at, { prefix, network: network.name, subnet }, { related });
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
