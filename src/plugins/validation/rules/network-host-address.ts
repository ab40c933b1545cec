import { defineRule, diagnose, formatIp, hostAddresses, parseIp } from "../../../plugin-api/index.js";
import type { HostAddress, Resource } from "../../../plugin-api/index.js";
import { factsOf, placeOf, push, staticAddresses } from "../facts.js";
import { addressIsHost } from "../findings/network.js";

/** No guest has the address of a declared host, or of a bridge of it that the guest is on. */
export const networkHostAddress = defineRule({
  name: "network/host-address",
  check(model, report) {
    const { guests, hosts } = factsOf(model);
    const byIp = new Map<string, (HostAddress & { readonly host: Resource })[]>();
    for (const host of hosts) {
      for (const one of hostAddresses(host)) {
        const ip = parseIp(one.address);
        if (ip !== undefined) push(byIp, formatIp(ip), { ...one, host });
      }
    }
    for (const { net, address, attribute } of guests.flatMap(staticAddresses)) {
      const ip = parseIp(address);
      const same = ip === undefined ? [] : (byIp.get(formatIp(ip)) ?? []);
      const met = same.find(({ bridge }) => bridge === undefined || bridge === net.bridge);
      if (met === undefined) continue;
      const { host, section } = met;
      const related = [{ span: placeOf(section, met.attribute), message: `the address of host ${host.name}` }];
      report(diagnose(addressIsHost, placeOf(net.section, attribute), { address, host: host.name }, { related }));
    }
  },
});
