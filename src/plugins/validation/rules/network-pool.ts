import {
  defineRule,
  diagnose,
  hostAddresses,
  netAddresses,
  numberOf,
  parseIp,
  parseRange,
  rangeCovers,
  rangeHolds,
  rangeOf,
  segmentOf,
  settingOf,
  stringOf,
} from "../../../plugin-api/index.js";
import type { Diagnostic, IpRange, Resource, Span } from "../../../plugin-api/index.js";
import { factsOf, placeOf, push } from "../facts.js";
import { addressInPool, poolOutsideSubnet } from "../findings/network.js";

/** The attributes of a network that belong together. */
const FAMILIES = [
  { pool: "pool", subnet: "subnet", gateway: "gateway" },
  { pool: "pool6", subnet: "subnet6", gateway: "gateway6" },
] as const;

interface Pool {
  readonly network: Resource;
  readonly names: (typeof FAMILIES)[number];
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
      const segment = segmentOf(stringOf(network, "bridge"), numberOf(network, "vlan"), network.name);
      for (const pool of poolsOf(network, report)) push(pools, segment, pool);
    }
    if (pools.size === 0) return;
    const judge = (
      { network, names, range, text }: Pool,
      what: string,
      address: string | undefined,
      at: Span,
    ): void => {
      const ip = address === undefined ? undefined : parseIp(address);
      if (address === undefined || ip === undefined || !rangeHolds(range, ip)) return;
      const related = [{ span: placeOf(network, names.pool), message: "the pool" }];
      report(diagnose(addressInPool, at, { what, address, network: network.name, pool: text }, { related }));
    };
    for (const pool of [...pools.values()].flat()) {
      const { network, names } = pool;
      judge(pool, "the gateway", stringOf(network, names.gateway), placeOf(network, names.gateway));
      for (const { address, section, attribute } of hosts.flatMap(hostAddresses)) {
        judge(pool, "the host's address", address, placeOf(section, attribute));
      }
    }
    for (const net of guests.flatMap((guest) => guest.nets)) {
      for (const pool of pools.get(segmentOf(net.bridge, net.vlan, net.networkName)) ?? []) {
        for (const { attribute, address } of netAddresses(net)) {
          if (settingOf(net.section, attribute)?.drawn !== undefined) continue;
          judge(pool, "the address", address, placeOf(net.section, attribute));
        }
      }
    }
  },
});

/** The pools of a network; one outside of its subnet is reported. */
function poolsOf(network: Resource, report: (finding: Diagnostic) => void): readonly Pool[] {
  return FAMILIES.flatMap((names) => {
    const ends = rangeOf(network, names.pool);
    if (ends === undefined) return [];
    const text = ends.join("..");
    const subnet = stringOf(network, names.subnet);
    const outer = subnet === undefined ? undefined : parseRange(subnet);
    const range = parseRange(ends.join("-"));
    if (subnet !== undefined && outer !== undefined && (range === undefined || !rangeCovers(outer, range))) {
      report(diagnose(poolOutsideSubnet, placeOf(network, names.pool), { pool: text, subnet }));
    }
    return range === undefined ? [] : [{ network, names, text, range }];
  });
}
