import { textOf, valueOf } from "../../plugin-api/index.js";
import type { OptionSpec, OptionType, Section, SectionSpec, Value } from "../../plugin-api/index.js";
import * as t from "../guest/types.js";

/**
 * What Proxmox takes for zones, virtual networks, subnets and controllers: the plugins of pve-network (`PVE::Network::SDN::Zones`,
 * `::Controllers`, `VnetPlugin`, `SubnetPlugin`). What is not declared stays as it is; nothing is taken away, so that `absent` is
 * refused.
 */

export const sdnId: OptionType = {
  type: "string",
  pattern: "[a-z][a-z0-9]{1,7}",
  describe: "two to eight lower-case letters and digits, a letter first",
};

const controllerName = {
  pattern: "[A-Za-z][A-Za-z0-9_-]*[A-Za-z0-9]",
  describe: "a name of letters, digits, `_` and `-`, a letter first",
};
export const controllerId: OptionType = { type: "string", ...controllerName, maxLength: 64 };

const nodes: OptionType = t.listOfType(t.dnsName, true);
const addresses: OptionType = t.listOfType(t.ip, true);
const VNI: OptionType = { type: "int", min: 1, max: 16777215 };
const asn: OptionType = { type: "int", min: 1, max: 4294967295 };
const serviceId: OptionType = t.configId;

function kept(type: OptionType, pve: string, doc: string): OptionSpec {
  return { type, pve, removable: false, doc };
}

const subnetOptions: Readonly<Record<string, OptionSpec>> = {
  gateway: kept(t.ip, "gateway", "The address of the node in it, which is the guests' gateway."),
  snat: kept(t.bool, "snat", "Whether guests reach other networks by the node's address."),
  dns: kept(t.ip, "dhcp-dns-server", "The name server that DHCP tells."),
  dns_prefix: kept(t.dnsName, "dnszoneprefix", "What stands before the zone's `dns_zone` in the names of its guests."),
};

const addressRange: OptionType = { type: "range", of: "ip" };

export const subnetSection: SectionSpec = {
  doc: "The addresses of a virtual network.",
  args: [{ name: "cidr", type: { type: "cidr" }, doc: "The network: 10.50.0.0/24." }],
  options: {
    ...subnetOptions,
    dhcp: {
      type: t.union(addressRange, t.listOfType(addressRange)),
      doc: "The addresses that DHCP hands out, for zones with `dhcp`: one range or a list of them.",
    },
  },
  sections: {},
  instead: { dhcp_range: "dhcp", pool: "dhcp", nat: "snat", dnszoneprefix: "dns_prefix" },
};

/** The ranges that DHCP hands out in a subnet: one, or a list of them. */
export function dhcpRanges(section: Section): readonly (readonly [string, string])[] {
  const value = valueOf(section, "dhcp");
  if (value?.type !== "list") return [];
  const ranges: readonly Value[] = value.range === true ? [value] : value.items;
  return ranges.flatMap((range) => {
    const [first, last] = range.type === "list" ? range.items.map(textOf) : [];
    return first === undefined || last === undefined ? [] : [[first, last] as const];
  });
}

export const vnetOptions: Readonly<Record<string, OptionSpec>> = {
  tag: kept(VNI, "tag", "The VLAN tag, in zones of VLANs; the number of the VXLAN in zones of those."),
  comment: kept(t.line, "alias", "A comment."),
  vlan_aware: kept(t.bool, "vlanaware", "Whether guests on it may have VLAN tags of their own."),
  isolate: kept(t.bool, "isolate-ports", "Whether guests on it cannot reach each other."),
};

export const zoneOptions: Readonly<Record<string, OptionSpec>> = {
  bridge: kept(t.bridge, "bridge", "The bridge of the nodes that carries its VLANs, for `vlan` and `qinq`."),
  tag: kept({ type: "int", min: 1, max: 4094 }, "tag", "The outer VLAN tag, for `qinq`."),
  protocol: kept(
    t.oneOf("802.1q", "802.1ad"),
    "vlan-protocol",
    "The protocol of the outer tag, for `qinq`. Default: 802.1q.",
  ),
  peers: kept(addresses, "peers", "The addresses of all nodes of the VXLAN, for `vxlan`."),
  port: kept(t.port, "vxlan-port", "The UDP port of the VXLAN, for `vxlan` and `evpn`. Default: 4789."),
  controller: kept(
    { type: "ref", kinds: ["controller"], loose: controllerName },
    "controller",
    "The controller of type evpn that knows its routes, for `evpn`.",
  ),
  vrf: kept(VNI, "vrf-vxlan", "The number of the VXLAN between its networks, for `evpn`."),
  mac: kept(
    { type: "mac" },
    "mac",
    "The MAC address of the gateway on all nodes, for `evpn`. Default: Proxmox chooses one.",
  ),
  exit_nodes: kept(nodes, "exitnodes", "The nodes by which its guests reach other networks, for `evpn`."),
  primary_exit_node: kept(t.dnsName, "exitnodes-primary", "The one of them that is used first, for `evpn`."),
  exit_local_routing: kept(
    t.bool,
    "exitnodes-local-routing",
    "Whether exit nodes themselves reach its guests, for `evpn`.",
  ),
  advertise_subnets: kept(
    t.bool,
    "advertise-subnets",
    "Whether whole subnets are announced, for guests that are silent, for `evpn`.",
  ),
  disable_arp_nd_suppression: kept(
    t.bool,
    "disable-arp-nd-suppression",
    "Whether nodes do not answer ARP and neighbour discovery for guests, for `evpn`.",
  ),
  rt_import: kept(
    t.listOfType(
      { type: "string", pattern: "\\d{1,10}:\\d{1,10}", describe: "a route target such as 65000:1000" },
      true,
    ),
    "rt-import",
    "Routes of others that are imported, by their targets, for `evpn`.",
  ),
  disable_mac_learning: kept(
    t.bool,
    "bridge-disable-mac-learning",
    "Whether bridges know addresses from the configuration alone, for `vlan`, `qinq` and `evpn`.",
  ),
  mtu: kept({ type: "int", min: 1280, max: 65520 }, "mtu", "The largest packet, in bytes."),
  nodes: kept(nodes, "nodes", "The nodes that have it. Default: all of the cluster."),
  ipam: kept(
    serviceId,
    "ipam",
    "What keeps its addresses: `pve`, or the name of another in Proxmox. Default for `simple`: pve.",
  ),
  dns: kept(serviceId, "dns", "The name server in Proxmox, where names of its guests are registered."),
  reverse_dns: kept(
    serviceId,
    "reversedns",
    "The name server in Proxmox, where addresses of its guests are registered.",
  ),
  dns_zone: kept(t.dnsName, "dnszone", "The domain of the names that are registered; the server has it already."),
};

/** What a type of zone takes besides what all take, what it needs, and what tags its networks have. */
export interface ZoneType {
  readonly takes: readonly string[];
  readonly needs: readonly string[];
  readonly tags: "none" | "needed" | "optional";
  readonly maxTag: number;
}

const EVPN = ["vrf", "mac", "exit_nodes", "primary_exit_node", "exit_local_routing", "advertise_subnets", "rt_import"];

export const ZONES: Readonly<Record<string, ZoneType>> = {
  simple: { takes: ["dhcp"], needs: [], tags: "none", maxTag: 0 },
  vlan: { takes: ["bridge", "disable_mac_learning"], needs: ["bridge"], tags: "needed", maxTag: 4094 },
  qinq: {
    takes: ["bridge", "tag", "protocol", "disable_mac_learning"],
    needs: ["bridge", "tag"],
    tags: "optional",
    maxTag: 4094,
  },
  vxlan: { takes: ["peers", "port"], needs: ["peers"], tags: "needed", maxTag: 16777215 },
  evpn: {
    takes: [...EVPN, "controller", "port", "disable_arp_nd_suppression", "disable_mac_learning"],
    needs: ["controller", "vrf"],
    tags: "needed",
    maxTag: 16777215,
  },
};

/** What zones of every type take. */
export const ALL_ZONES: ReadonlySet<string> = new Set([
  "mtu",
  "nodes",
  "ipam",
  "dns",
  "reverse_dns",
  "dns_zone",
  "host",
]);

export const controllerOptions: Readonly<Record<string, OptionSpec>> = {
  asn: kept(asn, "asn", "The number of the autonomous system, for `evpn` and `bgp`."),
  peers: kept(
    addresses,
    "peers",
    "The addresses of its neighbours: for `evpn` of all nodes, for `bgp` of the routers.",
  ),
  node: kept(t.dnsName, "node", "The node that it is for, for `bgp` and `isis`."),
  ebgp: kept(t.bool, "ebgp", "Whether its neighbours are other autonomous systems, for `bgp`."),
  ebgp_multihop: kept({ type: "int", min: 1, max: 255 }, "ebgp-multihop", "How many hops away they may be, for `bgp`."),
  multipath: kept(t.bool, "bgp-multipath-as-path-relax", "Whether ways of equal length are used together, for `bgp`."),
  loopback: kept(t.bridge, "loopback", "The interface whose address is that of the router, for `bgp` and `isis`."),
  domain: kept(t.label, "isis-domain", "The name of the domain, for `isis`."),
  net: kept(
    {
      type: "string",
      pattern: "[a-fA-F0-9]{2}(\\.[a-fA-F0-9]{4}){3,9}\\.[a-fA-F0-9]{2}",
      describe: "a network entity title such as 49.0001.1921.6800.1002.00",
    },
    "isis-net",
    "The network entity title of the node, for `isis`.",
  ),
  interfaces: kept(t.listOfType(t.bridge, true), "isis-ifaces", "The interfaces where it runs, for `isis`."),
};

/** What a type of controller takes, and what it needs. */
export const CONTROLLERS: Readonly<Record<string, Pick<ZoneType, "takes" | "needs">>> = {
  evpn: { takes: ["asn", "peers"], needs: ["asn", "peers"] },
  bgp: {
    takes: ["node", "asn", "peers", "ebgp", "ebgp_multihop", "multipath", "loopback"],
    needs: ["node", "asn", "peers"],
  },
  isis: { takes: ["node", "domain", "net", "interfaces", "loopback"], needs: ["node", "domain", "net", "interfaces"] },
};
