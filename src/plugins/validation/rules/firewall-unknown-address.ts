import {
  defineRule,
  diagnose,
  formatIp,
  isPrivateRange,
  parseIp,
  parseRange,
  rangeOf,
  rangesOverlap,
  stringOf,
  stringsOf,
} from "../../../plugin-api/index.js";
import type { FirewallEnd, IpRange } from "../../../plugin-api/index.js";
import { factsOf, staticAddresses } from "../facts.js";
import type { Facts } from "../facts.js";
import { unknownAddress } from "../findings/firewall.js";

interface Known {
  /** What has each declared address, under {@link formatIp}. */
  readonly singles: ReadonlyMap<string, string>;
  /** Written addresses of guests with their labels, for suggestions. */
  readonly written: readonly (readonly [address: string, label: string])[];
  readonly subnets: readonly IpRange[];
  /** Pools of automatic addresses: whoever has one of these is not known here. */
  readonly pools: readonly IpRange[];
}

/**
 * Addresses in rules belong to something that is declared. Public addresses are the world's; without a declared subnet
 * nothing is known about the others either.
 */
export const firewallUnknownAddress = defineRule({
  name: "firewall/unknown-address",
  check(model, report) {
    const facts = factsOf(model);
    const known = gather(facts);
    if (known.subnets.length === 0) return;
    for (const rule of facts.firewallRules) {
      for (const address of [...literalAddresses(rule.source), ...literalAddresses(rule.dest)]) {
        if (isKnown(address, known)) continue;
        report(diagnose(unknownAddress, rule.section.headSpan, { address, nearest: nearest(address, known) }));
      }
    }
  },
});

function gather(facts: Facts): Known {
  const ofNetworks = facts.networks.flatMap((network) =>
    [stringOf(network, "gateway"), stringOf(network, "gateway6"), ...stringsOf(network, "dns")].map(
      (text) => [text, network.name] as const,
    ),
  );
  const ofHosts = facts.hosts.map((host) => [stringOf(host, "address"), host.name] as const);
  const ofGuests = facts.guests.flatMap((guest) =>
    staticAddresses(guest).map(({ address }) => [address, guest.label] as const),
  );
  const all = [...ofNetworks, ...ofHosts, ...ofGuests];
  return {
    singles: new Map(
      all.flatMap(([text, name]) => {
        const ip = parseIp(text ?? "");
        return ip === undefined ? [] : [[formatIp(ip), name] as const];
      }),
    ),
    written: ofGuests,
    subnets: facts.networks.flatMap((network) =>
      ["subnet", "subnet6"].flatMap((name) => parseRange(stringOf(network, name) ?? "") ?? []),
    ),
    pools: facts.networks.flatMap((network) => parseRange((rangeOf(network, "pool") ?? []).join("-")) ?? []),
  };
}

/** Addresses, ranges and nets that a rule spells out, rather than naming a guest. */
function literalAddresses(end: FirewallEnd | undefined): readonly string[] {
  return end === undefined || end.resource !== undefined ? [] : end.addresses;
}

function isKnown(text: string, known: Known): boolean {
  if (known.singles.has(text)) return true;
  const ip = parseIp(text);
  if (ip !== undefined && known.singles.has(formatIp(ip))) return true;
  const range = parseRange(text);
  if (range === undefined || !isPrivateRange(range)) return true;
  if (known.pools.some((pool) => rangesOverlap(pool, range))) return true;
  return ip === undefined && known.subnets.some((subnet) => rangesOverlap(subnet, range));
}

/** Guests whose address is one edit away: what a slip of the finger leaves; at most two, in source order. */
function nearest(text: string, known: Known): readonly string[] {
  const close = known.written.filter(([address]) => isOneEditAway(text, address));
  return close.slice(0, 2).map(([address, label]) => `${label} (${address})`);
}

function isOneEditAway(a: string, b: string): boolean {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  const shorter = Math.min(a.length, b.length);
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return Math.max(a.length, b.length) - start - end <= 1;
}
