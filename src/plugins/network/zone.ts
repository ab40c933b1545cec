import { argOf, boolOf, defineKind, plainOptions, rangeOf, sectionsOf, stringOf } from "../../plugin-api/index.js";
import type {
  Argv,
  Lowered,
  Model,
  NetworkProbe,
  OptionPair,
  OptionSpec,
  OptionType,
  Resource,
  Section,
  SectionSpec,
  Step,
} from "../../plugin-api/index.js";
import { makeStep } from "../guest/step.js";
import * as t from "../guest/types.js";
import { packagesStep } from "../host/packages.js";
import { zoneFindings } from "./zone-findings.js";

/** Zones of Proxmox's software-defined network, their virtual networks and subnets (pve-network, `/cluster/sdn`). */

const id: OptionType = {
  type: "string",
  pattern: "[a-z][a-z0-9]{1,7}",
  describe: "two to eight lower-case letters and digits, a letter first",
};

// What is not declared stays as it is; nothing is taken away, so that `absent` is refused.
const subnetOptions: Readonly<Record<string, OptionSpec>> = {
  gateway: {
    type: t.ip,
    pve: "gateway",
    removable: false,
    doc: "The address of the node in it, which is the guests' gateway.",
  },
  snat: {
    type: t.bool,
    pve: "snat",
    removable: false,
    doc: "Whether guests reach other networks by the node's address.",
  },
  dns: { type: t.ip, pve: "dhcp-dns-server", removable: false, doc: "The name server that DHCP tells." },
};

const subnet: SectionSpec = {
  doc: "The addresses of a virtual network.",
  args: [{ name: "cidr", type: { type: "cidr" }, doc: "The network: 10.50.0.0/24." }],
  options: {
    ...subnetOptions,
    dhcp: { type: { type: "range", of: "ip" }, doc: "The addresses that DHCP hands out, for zones with `dhcp`." },
  },
  sections: {},
  instead: { dhcp_range: "dhcp", pool: "dhcp", nat: "snat" },
};

const vnetOptions: Readonly<Record<string, OptionSpec>> = {
  tag: {
    type: { type: "int", min: 1, max: 4094 },
    pve: "tag",
    removable: false,
    doc: "The VLAN tag, in zones of VLANs.",
  },
  comment: { type: t.line, pve: "alias", removable: false, doc: "A comment." },
  vlan_aware: {
    type: t.bool,
    pve: "vlanaware",
    removable: false,
    doc: "Whether guests on it may have VLAN tags of their own.",
  },
  isolate: {
    type: t.bool,
    pve: "isolate-ports",
    removable: false,
    doc: "Whether guests on it cannot reach each other.",
  },
};

const vnet: SectionSpec = {
  doc: "A virtual network: a bridge of this name on every node, to which guests are attached.",
  args: [{ name: "name", type: id, doc: "Its name, which is that of the bridge." }],
  options: vnetOptions,
  sections: { subnet },
  instead: { alias: "comment", vlan: "tag" },
};

const zoneOptions: Readonly<Record<string, OptionSpec>> = {
  bridge: {
    type: t.bridge,
    pve: "bridge",
    removable: false,
    doc: "The bridge of the nodes that carries its VLANs, for `vlan`.",
  },
  mtu: {
    type: { type: "int", min: 1280, max: 65520 },
    pve: "mtu",
    removable: false,
    doc: "The largest packet, in bytes.",
  },
};

/** A virtual network's zone must be there before guests are on it; the bridge of a network says which one that is. */
function zoneOfBridge(model: Model, bridge: string | undefined): Resource | undefined {
  return [...model.resources.values()].find(
    (resource) =>
      resource.kind === "zone" && sectionsOf(resource, "vnet").some((section) => argOf(section, "name") === bridge),
  );
}

export const zone = defineKind({
  keyword: "zone",
  aliases: ["sdn_zone", "sdn"],
  doc: "A zone of Proxmox's software-defined network, with its virtual networks.",
  args: [
    { name: "type", type: t.oneOf("simple", "vlan"), doc: "`simple`: each node by itself; `vlan`: VLANs of a bridge." },
    { name: "name", type: id, doc: "Its name." },
  ],
  identity: { name: "name" },
  options: {
    ...zoneOptions,
    dhcp: { type: t.bool, doc: "Whether dnsmasq hands out addresses in it, for `simple`. Default: false." },
    host: { type: t.hostRef, doc: "The host whose plan makes it. Default: every one, once for the cluster." },
  },
  sections: { vnet },
  lower: lowerZone,
});

function lowerZone(resource: Resource): Lowered {
  const networks = sectionsOf(resource, "vnet");
  const names = networks.flatMap((section) => argOf(section, "name") ?? []);
  const type = argOf(resource, "type") ?? "simple";
  const hasDhcp = boolOf(resource, "dhcp") === true;
  const own = [
    ...plainOptions(resource, zoneOptions).wanted,
    ...(hasDhcp ? [{ option: "dhcp", value: "dnsmasq" }] : []),
    ...(type === "simple" ? [{ option: "ipam", value: "pve" }] : []),
  ];
  const zonePath = ["--zone", resource.name, "--type", type];
  const steps = [
    sdnStep(resource, resource, {
      object: "zones",
      id: resource.name,
      path: "/cluster/sdn/zones",
      head: zonePath,
      options: own,
    }),
    ...networks.flatMap((section) => vnetSteps(resource, section)),
    makeStep(resource, "apply", {
      phase: "host",
      title: "apply the software-defined network",
      risk: "interrupts",
      probe: { kind: "sdn-pending", vnets: names },
      commands: [["pvesh", "set", "/cluster/sdn"]],
    }),
  ];
  const packages = hasDhcp ? [packagesStep(resource, ["dnsmasq"])] : [];
  return { steps: [...packages, ...steps], requirements: [], diagnostics: zoneFindings(resource) };
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
  const range = rangeOf(section, "dhcp");
  const options = [
    ...plainOptions(section, subnetOptions).wanted,
    ...(range === undefined
      ? []
      : [{ option: "dhcp-range", value: `start-address=${range[0]},end-address=${range[1]}` }]),
  ];
  return [
    sdnStep(resource, section, {
      object: "subnets",
      id: `${resource.name}-${cidr.replace("/", "-")}`,
      path: `/cluster/sdn/vnets/${vnetName}/subnets`,
      head: ["--subnet", cidr, "--type", "subnet"],
      options,
    }),
  ];
}

function sdnStep(
  resource: Resource,
  asked: Section,
  part: {
    readonly object: Extract<NetworkProbe, { kind: "sdn" }>["object"];
    readonly id: string;
    readonly path: string;
    readonly head: Argv;
    readonly options: readonly OptionPair[];
  },
): Step {
  const { object, id: called, path, head, options } = part;
  const words = options.flatMap(({ option, value }) => [`--${option}`, value]);
  const title = `${object.slice(0, -1)} ${called}`;
  return makeStep(resource, object === "zones" ? "zone" : `${object.slice(0, -1)}.${called}`, {
    phase: "host",
    title,
    risk: "interrupts",
    probe: { kind: "sdn", object, id: called, options: options.map(({ option, value }) => [option, value] as const) },
    commands: [["pvesh", "create", path, ...head, ...words]],
    asked,
  });
}

/** The zone that makes the bridge of a network, so that guests wait for it. */
export function networkEdges(
  resource: Resource,
  model: Model,
): readonly { readonly to: string; readonly reason: string }[] {
  const found = zoneOfBridge(model, stringOf(resource, "bridge"));
  return found === undefined ? [] : [{ to: found.address, reason: "bridge" }];
}
