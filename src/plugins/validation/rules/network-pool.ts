import {
  defineRule,
  diagnose,
  numberOf,
  parseIp,
  parseRange,
  rangeCovers,
  rangeHolds,
  rangeOf,
  stringOf,
} from "../../../plugin-api/index.js";
import type { IpRange, Resource, Span } from "../../../plugin-api/index.js";
import { factsOf, placeOf, push, segmentOf } from "../facts.js";
import { addressInPool, poolOutsideSubnet } from "../findings/network.js";

interface Pool {
  readonly network: Resource;
  readonly text: string;
  readonly range: IpRange;
}

/** A pool of automatic addresses lies in its subnet and holds no address that is fixed elsewhere. */
export const networkPool = defineRule({
  name: "network/pool",
  check(model, report) {
    const { guests, hosts, networks } = factsOf(model);
    const pools = new Map<string, Pool[]>();
    for (const network of networks) {
      const ends = rangeOf(network, "pool");
      if (ends === undefined) continue;
      const text = ends.join("..");
      const subnet = stringOf(network, "subnet");
      const outer = subnet === undefined ? undefined : parseRange(subnet);
      const range = parseRange(ends.join("-"));
      if (subnet !== undefined && outer !== undefined && (range === undefined || !rangeCovers(outer, range))) {
        report(diagnose(poolOutsideSubnet, placeOf(network, "pool"), { pool: text, subnet }));
      }
      const segment = segmentOf(stringOf(network, "bridge"), numberOf(network, "vlan"), network.name);
      if (range !== undefined) push(pools, segment, { network, text, range });
    }
    if (pools.size === 0) return;
    const judge = (pool: Pool, what: string, address: string | undefined, at: Span): void => {
      const ip = address === undefined ? undefined : parseIp(address);
      if (address === undefined || ip === undefined || !rangeHolds(pool.range, ip)) return;
      const related = [{ span: placeOf(pool.network, "pool"), message: "the pool" }];
      const args = { what, address, network: pool.network.name, pool: pool.text };
      report(diagnose(addressInPool, at, args, { related }));
    };
    for (const pool of [...pools.values()].flat()) {
      judge(pool, "the gateway", stringOf(pool.network, "gateway"), placeOf(pool.network, "gateway"));
      for (const host of hosts) judge(pool, "the host's address", stringOf(host, "address"), placeOf(host, "address"));
    }
    for (const net of guests.flatMap((guest) => guest.nets)) {
      for (const pool of pools.get(segmentOf(net.bridge, net.vlan, net.networkName)) ?? []) {
        judge(pool, "the address", net.address, placeOf(net.section, "ip"));
      }
    }
  },
});
