import {
  argOf,
  boolOf,
  defineRule,
  diagnose,
  netAddresses,
  parseIp,
  parseRange,
  rangeHolds,
  resourcesOf,
  sectionsOf,
} from "../../../plugin-api/index.js";
import type { GuestNet, Ip, Model, Resource, Section } from "../../../plugin-api/index.js";
import { dhcpRanges } from "../../network/sdn-options.js";
import { factsOf, placeOf } from "../facts.js";
import type { Guest } from "../facts.js";
import { addressIsLeased, nobodyLeases } from "../findings/leases.js";

/** A virtual network of a zone, which is a bridge of its name. */
interface Vnet {
  readonly zone: Resource;
  readonly name: string;
  readonly ranges: readonly (readonly [string, string])[];
}

/**
 * Addresses by DHCP come from somebody, and are nobody else's. Only a `simple` zone is closed: in all others a server of the network
 * outside may answer.
 */
export const networkLeases = defineRule({
  name: "network/leases",
  check(model, report) {
    const vnets = vnetsOf(model);
    if (vnets.size === 0) return;
    for (const guest of factsOf(model).guests) {
      for (const net of guest.nets) {
        const vnet = vnets.get(net.bridge ?? "");
        if (vnet === undefined) continue;
        const found = net.mode === "dhcp" ? unanswered(guest, net, vnet) : leased(guest, net, vnet);
        for (const finding of found) report(finding);
      }
    }
  },
});

function vnetsOf(model: Model): ReadonlyMap<string, Vnet> {
  const all = resourcesOf(model, "zone").flatMap((zone) =>
    sectionsOf(zone, "vnet").flatMap((section): readonly Vnet[] => {
      const name = argOf(section, "name");
      return name === undefined ? [] : [{ zone, name, ranges: rangesOf(section) }];
    }),
  );
  return new Map(all.map((vnet) => [vnet.name, vnet]));
}

function rangesOf(vnet: Section): Vnet["ranges"] {
  return sectionsOf(vnet, "subnet").flatMap(dhcpRanges);
}

function unanswered(guest: Guest, { section }: GuestNet, { zone, name, ranges }: Vnet) {
  if ((argOf(zone, "type") ?? "simple") !== "simple") return [];
  const why =
    boolOf(zone, "dhcp") !== true
      ? "the zone has no `dhcp = true`"
      : ranges.length === 0
        ? "no subnet of the network has a range (`dhcp = FIRST..LAST`)"
        : undefined;
  if (why === undefined) return [];
  const related = [{ span: zone.headSpan, message: "the zone" }];
  const args = { guest: guest.label, vnet: name, zone: zone.name, why };
  return [diagnose(nobodyLeases, placeOf(section, "ip"), args, { related })];
}

function leased(guest: Guest, net: GuestNet, { zone, name, ranges }: Vnet) {
  if (boolOf(zone, "dhcp") !== true) return [];
  return netAddresses(net).flatMap(({ attribute, address }) => {
    const ip = parseIp(address);
    const range = ranges.find((each) => ip !== undefined && holds(each, ip));
    if (range === undefined) return [];
    const related = [{ span: zone.headSpan, message: "the zone" }];
    const args = { guest: guest.label, address, range: range.join(".."), vnet: name };
    return [diagnose(addressIsLeased, placeOf(net.section, attribute), args, { related })];
  });
}

function holds(ends: readonly [string, string], ip: Ip): boolean {
  const range = parseRange(ends.join("-"));
  return range !== undefined && rangeHolds(range, ip);
}
