import {
  argOf,
  boolOf,
  defineKind,
  plainOptions,
  resourcesOf,
  sectionsOf,
  stringOf,
  valueOf,
} from "../../plugin-api/index.js";
import type { LowerContext, Lowered, Model, Resource, Section, Step } from "../../plugin-api/index.js";
import * as t from "../guest/types.js";
import { packagesStep } from "../host/packages.js";
import { dhcpRanges, sdnId, subnetSection, vnetOptions, ZONES, zoneOptions } from "./sdn-options.js";
import { applySdn, sdnStep } from "./sdn-step.js";
import { zoneFindings } from "./zone-findings.js";

/** Zones of Proxmox's software-defined network, their virtual networks and subnets (pve-network, `/cluster/sdn`). */

interface Edge {
  readonly to: string;
  readonly reason: string;
}

export const zone = defineKind({
  keyword: "zone",
  aliases: ["sdn_zone", "sdn"],
  doc: "A zone of Proxmox's software-defined network, with its virtual networks.",
  args: [
    {
      name: "type",
      type: t.oneOf(...Object.keys(ZONES)),
      doc:
        "`simple`: each node by itself; `vlan`: VLANs of a bridge; `qinq`: VLANs inside of one VLAN; `vxlan`: a network over the " +
        "addresses of the nodes; `evpn`: the same with routes between networks.",
    },
    { name: "name", type: sdnId, doc: "Its name." },
  ],
  identity: { name: "name" },
  options: {
    ...zoneOptions,
    dhcp: { type: t.bool, doc: "Whether dnsmasq hands out addresses in it, for `simple`. Default: false." },
    host: { type: t.hostRef, doc: "The host whose plan makes it. Default: every one, once for the cluster." },
  },
  sections: {
    vnet: {
      doc: "A virtual network: a bridge of this name on every node, to which guests are attached.",
      args: [{ name: "name", type: sdnId, doc: "Its name, which is that of the bridge." }],
      options: vnetOptions,
      sections: { subnet: subnetSection },
      instead: { alias: "comment", vlan: "tag", vni: "tag" },
    },
  },
  instead: {
    ...{ vrf_vxlan: "vrf", vxlan_port: "port", service_vlan: "tag", vlan_protocol: "protocol" },
    ...{ exitnodes: "exit_nodes", reversedns: "reverse_dns", dnszone: "dns_zone" },
  },
  edges: (resource, model) =>
    argOf(resource, "type") === "evpn"
      ? resourcesOf(model, "controller").map(({ address }): Edge => ({ to: address, reason: "controller" }))
      : [],
  lower: lowerZone,
});

function lowerZone(resource: Resource, { model }: LowerContext): Lowered {
  const networks = sectionsOf(resource, "vnet");
  const names = networks.flatMap((section) => argOf(section, "name") ?? []);
  const type = argOf(resource, "type") ?? "simple";
  const hasDhcp = boolOf(resource, "dhcp") === true;
  const keepsAddresses = type === "simple" && valueOf(resource, "ipam") === undefined;
  const own = [
    ...plainOptions(resource, zoneOptions).wanted,
    ...(hasDhcp ? [{ option: "dhcp", value: "dnsmasq" }] : []),
    ...(keepsAddresses ? [{ option: "ipam", value: "pve" }] : []),
  ];
  const steps = [
    sdnStep(resource, resource, {
      object: "zones",
      id: resource.name,
      path: "/cluster/sdn/zones",
      head: ["--zone", resource.name, "--type", type],
      options: own,
    }),
    ...networks.flatMap((section) => vnetSteps(resource, section)),
    applySdn(resource, names),
  ];
  const packages = hasDhcp ? [packagesStep(resource, ["dnsmasq"])] : [];
  return { steps: [...packages, ...steps], requirements: [], diagnostics: zoneFindings(resource, model) };
}

function vnetSteps(resource: Resource, section: Section): readonly Step[] {
  const name = argOf(section, "name");
  if (name === undefined) return [];
  const { wanted } = plainOptions(section, vnetOptions);
  const options = [{ option: "zone", value: resource.name }, ...wanted];
  const own = { object: "vnets", id: name, path: "/cluster/sdn/vnets", head: ["--vnet", name], options } as const;
  return [
    sdnStep(resource, section, own),
    ...sectionsOf(section, "subnet").flatMap((inner) => subnetStep(resource, name, inner)),
  ];
}

function subnetStep(resource: Resource, vnetName: string, section: Section): readonly Step[] {
  const cidr = argOf(section, "cidr");
  if (cidr === undefined) return [];
  const ranges = dhcpRanges(section).map(([first, last]) => ({
    option: "dhcp-range",
    value: `start-address=${first},end-address=${last}`,
  }));
  return [
    sdnStep(resource, section, {
      object: "subnets",
      id: `${resource.name}-${cidr.replace("/", "-")}`,
      path: `/cluster/sdn/vnets/${vnetName}/subnets`,
      head: ["--subnet", cidr, "--type", "subnet"],
      options: [...plainOptions(section, subnetSection.options).wanted, ...ranges],
    }),
  ];
}

/** The zone that makes the bridge of a network, so that guests wait for it. */
export function networkEdges(resource: Resource, model: Model): readonly Edge[] {
  const bridge = stringOf(resource, "bridge");
  const found = resourcesOf(model, "zone").find((each) =>
    sectionsOf(each, "vnet").some((section) => argOf(section, "name") === bridge),
  );
  return found === undefined ? [] : [{ to: found.address, reason: "bridge" }];
}
