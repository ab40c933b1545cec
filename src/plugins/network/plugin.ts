import { defineKind, definePlugin, qmConfig, written } from "../../plugin-api/index.js";
import * as t from "../guest/types.js";
import { sdnFindings } from "./findings.js";
import { controller } from "./controller.js";
import { networkEdges, zone } from "./zone.js";

const network = defineKind({
  keyword: "network",
  aliases: ["bridge", "subnet", "vlan", "net", "networks"],
  doc: "A network that guests are on: the bridge of the host, the addresses, and what guests on it have by default.",
  args: [{ name: "name", type: t.label, doc: "The name by which guests refer to it." }],
  identity: { name: "name" },
  options: {
    bridge: { type: t.bridge, doc: "The bridge of the host." },
    subnet: { type: { type: "cidr" }, doc: "The addresses of the network." },
    gateway: { type: t.ip, doc: "The default gateway of its guests." },
    subnet6: { type: { type: "cidr" }, doc: "The IPv6 addresses of the network." },
    gateway6: { type: t.ip, doc: "The default gateway of its guests for IPv6." },
    dns: { type: t.listOfType(t.ip), doc: "The name servers of its guests." },
    search: { type: t.dnsName, doc: "The DNS search domain of its guests." },
    pool: { type: { type: "range", of: "ip" }, doc: "The addresses from which `ip = auto` draws." },
    pool6: { type: { type: "range", of: "ip" }, doc: "The IPv6 addresses from which `ip6 = pool` draws." },
    mac_prefix: { type: t.macPrefix, doc: "How the MAC addresses begin that `mac = auto` draws. Default: the host's." },
    vlan: written(qmConfig, "net[n].tag", { doc: "The VLAN tag of its guests." }),
  },
  sections: {},
  instead: {
    ...{ cidr: "subnet", address: "subnet", range: "subnet", gw: "gateway", router: "gateway" },
    ...{ nameserver: "dns", nameservers: "dns", dns_servers: "dns", domain: "search", searchdomain: "search" },
    ...{ dhcp_range: "pool", interface: "bridge", iface: "bridge", tag: "vlan", vlan_id: "vlan" },
  },
  edges: networkEdges,
});

/** Networks make no steps: their bridges are required by the guests that use them. Zones make bridges. */
export const networkPlugin = definePlugin({
  name: "network",
  kinds: [network, controller, zone],
  diagnostics: sdnFindings,
});
