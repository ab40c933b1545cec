import { defineRule, diagnose, formatIp, parseIp, stringOf } from "../../../plugin-api/index.js";
import { factsOf, placeOf } from "../facts.js";
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
    for (const net of guests.flatMap((guest) => guest.nets)) {
      const ip = net.address === undefined ? undefined : parseIp(net.address);
      const host = ip === undefined ? undefined : byIp.get(formatIp(ip));
      if (host === undefined || net.address === undefined) continue;
      const related = [{ span: placeOf(host, "address"), message: `the address of host ${host.name}` }];
      report(
        diagnose(addressIsHost, placeOf(net.section, "ip"), { address: net.address, host: host.name }, { related }),
      );
    }
  },
});
