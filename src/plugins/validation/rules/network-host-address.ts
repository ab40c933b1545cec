import { defineRule, diagnose, formatIp, parseIp, stringOf } from "../../../plugin-api/index.js";
import { factsOf, placeOf, staticAddresses } from "../facts.js";
import { addressIsHost } from "../findings/network.js";

/** No guest has the address of a declared host. */
export const networkHostAddress = defineRule({
  name: "network/host-address",
  check(model, report) {
    const { guests, hosts } = factsOf(model);
    const keyed = hosts.flatMap((host) => {
      const ip = parseIp(stringOf(host, "address") ?? "");
      return ip === undefined ? [] : [[formatIp(ip), host] as const];
    });
    const byIp = new Map(keyed);
    for (const { net, address, attribute } of guests.flatMap(staticAddresses)) {
      const ip = parseIp(address);
      const host = ip === undefined ? undefined : byIp.get(formatIp(ip));
      if (host === undefined) continue;
      const related = [{ span: placeOf(host, "address"), message: `the address of host ${host.name}` }];
      report(diagnose(addressIsHost, placeOf(net.section, attribute), { address, host: host.name }, { related }));
    }
  },
});
