import {
  argOf,
  boolOf,
  diagnose,
  hostAddresses,
  numberOf,
  parseIp,
  parseRange,
  rangeHolds,
  resourcesOf,
  sectionsOf,
  settingOf,
  stringOf,
  stringsOf,
  valueOf,
} from "../../plugin-api/index.js";
import type { Diagnostic, Ip, Model, Resource, Section } from "../../plugin-api/index.js";
import {
  controllerOfOther,
  rangesOverlap,
  sdnIncomplete,
  sdnNumberTwice,
  sdnOptionUnfit,
  subnetOnTrunk,
  subnetOutside,
  tagTooLarge,
  vnetTaken,
} from "./findings.js";
import { subnetTwice } from "../host/findings-interfaces.js";
import { ALL_ZONES, dhcpRanges, ZONES, zoneOptions } from "./sdn-options.js";
import type { ZoneType } from "./sdn-options.js";

const typeOf = (zone: Resource): string => argOf(zone, "type") ?? "simple";

/** What Proxmox would refuse of a zone. */
export function zoneFindings(zone: Resource, model: Model): readonly Diagnostic[] {
  const type = typeOf(zone);
  const own = ZONES[type];
  if (own === undefined) return [];
  const others = ["dhcp", ...Object.keys(zoneOptions)].filter(
    (name) => !ALL_ZONES.has(name) && !own.takes.includes(name),
  );
  return [
    ...others.flatMap((option) => unfit(zone, option, type, ZONES, "zones")),
    ...lacking(zone, own.needs, type),
    ...controllerFindings(zone, type, model),
    ...sectionsOf(zone, "vnet").flatMap((vnet) => vnetFindings(vnet, type, own)),
    ...numberFindings(zone, resourcesOf(model, "zone")),
    ...nameFindings(zone, model),
    ...gatewayFindings(zone, type, model),
  ];
}

/** An option that things of this type do not have. */
export function unfit(
  section: Section,
  option: string,
  type: string,
  types: Readonly<Record<string, Pick<ZoneType, "takes">>>,
  things: "zones" | "controllers",
): readonly Diagnostic[] {
  const setting = settingOf(section, option);
  if (setting === undefined) return [];
  const other = Object.keys(types).filter((each) => types[each]?.takes.includes(option) === true);
  return [diagnose(sdnOptionUnfit, setting.span, { option, type, things, other })];
}

/** Options without which Proxmox takes nothing of this type. */
export function lacking(section: Section, needs: readonly string[], type: string): readonly Diagnostic[] {
  const name = argOf(section, "name") ?? "";
  const missing = needs.filter((option) => settingOf(section, option) === undefined);
  return missing.map((option) => diagnose(sdnIncomplete, section.headSpan, { name, option, type }));
}

/** A declared controller of a zone is of type evpn; whether another one is, the host knows. */
function controllerFindings(zone: Resource, type: string, model: Model): readonly Diagnostic[] {
  const value = valueOf(zone, "controller");
  const declared = value?.type === "ref" ? model.resources.get(value.address) : undefined;
  if (type !== "evpn" || declared === undefined || argOf(declared, "type") === "evpn") return [];
  const at = settingOf(zone, "controller")?.span ?? zone.headSpan;
  return [diagnose(controllerOfOther, at, { zone: zone.name, controller: declared.name })];
}

/** Types whose networks have tags, and those whose networks let the tags of guests pass. */
const tagged = () => takenBy("tag", (_type, { tags }) => tags !== "none");
const aware = () => takenBy("vlan_aware", (type) => type !== "evpn");

function takenBy(
  option: string,
  takes: (type: string, own: ZoneType) => boolean,
): Readonly<Record<string, Pick<ZoneType, "takes">>> {
  const entries = Object.entries(ZONES).map(
    ([type, own]) => [type, { takes: takes(type, own) ? [option] : [] }] as const,
  );
  return Object.fromEntries(entries);
}

function vnetFindings(vnet: Section, type: string, own: ZoneType): readonly Diagnostic[] {
  const [subnet] = sectionsOf(vnet, "subnet");
  const name = argOf(vnet, "name") ?? "";
  const tag = numberOf(vnet, "tag");
  const isAware = boolOf(vnet, "vlan_aware") === true;
  return [
    ...(own.tags === "none" ? unfit(vnet, "tag", type, tagged(), "zones") : []),
    ...(own.tags === "needed" ? lacking(vnet, ["tag"], type) : []),
    ...(tag !== undefined && own.tags !== "none" && tag > own.maxTag
      ? [diagnose(tagTooLarge, settingOf(vnet, "tag")?.span ?? vnet.headSpan, { tag, type, max: own.maxTag })]
      : []),
    ...(type === "evpn" && isAware ? unfit(vnet, "vlan_aware", type, aware(), "zones") : []),
    ...(isAware && subnet !== undefined ? [diagnose(subnetOnTrunk, subnet.headSpan, { vnet: name })] : []),
    ...sectionsOf(vnet, "subnet").flatMap(subnetFindings),
  ];
}

/** The declared hosts on which a zone is. */
function hostsOf(zone: Resource, model: Model): readonly Resource[] {
  const nodes = stringsOf(zone, "nodes");
  return resourcesOf(model, "host").filter((host) => nodes.length === 0 || nodes.includes(host.name));
}

/** A network is a bridge of its name on each node of its zone: no interface of these has it, and no other network at all. */
function nameFindings(zone: Resource, model: Model): readonly Diagnostic[] {
  const all = resourcesOf(model, "zone").flatMap((each) => sectionsOf(each, "vnet"));
  return sectionsOf(zone, "vnet").flatMap((vnet) => {
    const isNamed = (section: Section): boolean => argOf(section, "name") === argOf(vnet, "name");
    const earlier = all.slice(0, all.indexOf(vnet)).find(isNamed);
    if (earlier !== undefined) return [taken(vnet, earlier, "another virtual network")];
    return hostsOf(zone, model).flatMap((host) => {
      const found = host.sections.find((section) => INTERFACES.includes(section.kind) && isNamed(section));
      return found === undefined ? [] : [taken(vnet, found, `the ${found.kind} of host ${host.name}`)];
    });
  });
}

/** Zones of these types give the gateway of a subnet to the bridge of its network on the nodes themselves. */
const ROUTED: readonly string[] = ["simple", "evpn"];

/** A gateway in a subnet that a node of the zone is in by another interface. */
function gatewayFindings(zone: Resource, type: string, model: Model): readonly Diagnostic[] {
  if (!ROUTED.includes(type)) return [];
  const subnets = sectionsOf(zone, "vnet").flatMap((vnet) =>
    sectionsOf(vnet, "subnet").map((subnet) => ({ vnet, subnet, cidr: argOf(subnet, "cidr") ?? "" })),
  );
  return subnets.flatMap(({ vnet, subnet, cidr }) => {
    const gateway = stringOf(subnet, "gateway");
    const range = parseRange(cidr);
    if (gateway === undefined || range === undefined) return [];
    const own = hostsOf(zone, model).flatMap((host) => hostAddresses(host).map((each) => ({ host, ...each })));
    const met = own.find(({ address }) => {
      const ip = parseIp(address);
      return address !== gateway && ip !== undefined && rangeHolds(range, ip);
    });
    if (met === undefined) return [];
    const at = settingOf(subnet, "gateway")?.span ?? subnet.headSpan;
    const related = [{ span: settingOf(met.section, met.attribute)?.span ?? met.host.headSpan, message: "the host's" }];
    const address = `${gateway}/${cidr.split("/")[1] ?? ""}`;
    const args = {
      name: argOf(vnet, "name") ?? "",
      address,
      other: `host ${met.host.name}`,
      otherAddress: met.address,
    };
    return [diagnose(subnetTwice, at, args, { related })];
  });
}

/** The blocks of a host that are interfaces of its kernel. */
const INTERFACES: readonly string[] = ["interface", "bond", "bridge", "vlan", "ovs_bridge", "ovs_bond", "ovs_port"];

function taken(vnet: Section, by: Section, other: string): Diagnostic {
  const related = [{ span: by.headSpan, message: "the other one" }];
  return diagnose(vnetTaken, vnet.headSpan, { vnet: argOf(vnet, "name") ?? "", other }, { related });
}

/** VLAN tags are a zone's own; numbers of VXLANs are the cluster's, and so are those between the networks of zones. */
function numberFindings(zone: Resource, zones: readonly Resource[]): readonly Diagnostic[] {
  const isWide = (each: Resource): boolean => (ZONES[typeOf(each)]?.maxTag ?? 0) > 4094;
  const scope = isWide(zone) ? zones.filter(isWide) : [zone];
  const tags = scope.flatMap((each) => sectionsOf(each, "vnet").map((section) => ({ each, section, option: "tag" })));
  const vrfs = scope.map((each) => ({ each, section: each as Section, option: "vrf" }));
  return [tags, vrfs].flatMap((places) =>
    places.flatMap(({ each, section, option }, i) => {
      const number = numberOf(section, option);
      const earlier = places.slice(0, i).find((place) => numberOf(place.section, option) === number);
      if (each !== zone || number === undefined || earlier === undefined) return [];
      const at = settingOf(section, option)?.span ?? section.headSpan;
      const names = { name: argOf(section, "name") ?? "", other: argOf(earlier.section, "name") ?? "" };
      return [diagnose(sdnNumberTwice, at, { option, number, ...names })];
    }),
  );
}

function subnetFindings(section: Section): readonly Diagnostic[] {
  const subnet = argOf(section, "cidr") ?? "";
  const range = parseRange(subnet);
  const gateway = stringOf(section, "gateway");
  const ranges = dhcpRanges(section);
  const given = [
    ...(gateway === undefined ? [] : [["gateway", gateway] as const]),
    ...ranges.flat().map((address) => ["dhcp", address] as const),
  ];
  const at = (option: string) => settingOf(section, option)?.span ?? section.headSpan;
  const outside = given.flatMap(([option, address]) => {
    const ip = parseIp(address);
    if (range === undefined || ip === undefined || rangeHolds(range, ip)) return [];
    return [diagnose(subnetOutside, at(option), { option, address, subnet })];
  });
  const overlapping = ranges.flatMap((one, i) => {
    const other = ranges.slice(0, i).find((earlier) => overlap(earlier, one));
    if (other === undefined) return [];
    return [diagnose(rangesOverlap, at("dhcp"), { one: one.join(".."), other: other.join("..") })];
  });
  return [...outside, ...overlapping];
}

function overlap(one: readonly [string, string], other: readonly [string, string]): boolean {
  const ends = [...one, ...other].map(parseIp);
  const [first, last, start, end] = ends.every((ip): ip is Ip => ip !== undefined)
    ? ends.map(({ value }) => value)
    : [];
  return (
    first !== undefined &&
    last !== undefined &&
    start !== undefined &&
    end !== undefined &&
    first <= end &&
    start <= last
  );
}
