import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings about the software-defined network: PHX5660 to PHX5668, PHX4853. */

export const sdnOptionUnfit = diagnosticKind<{
  option: string;
  type: string;
  things: "zones" | "controllers";
  other: readonly string[];
}>({
  code: "PHX5660",
  severity: "error",
  title: "option of another type of zone or controller",
  message: ({ option, type, things }) => `\`${option}\` is not for ${things} of type ${type}`,
  help: ({ other, things }) => `Remove it: \`${things}\` of type ${other.join(", ")} have it.`,
});

export const sdnIncomplete = diagnosticKind<{ name: string; option: string; type: string }>({
  code: "PHX5661",
  severity: "error",
  title: "zone, network or controller without what its type needs",
  message: ({ name, option, type }) => `${name} needs \`${option}\`, as Proxmox asks for it with the type ${type}`,
  help: "Add it, or choose another type.",
});

export const subnetOutside = diagnosticKind<{ option: string; address: string; subnet: string }>({
  code: "PHX5662",
  severity: "error",
  title: "address outside its subnet",
  message: ({ option, address, subnet }) => `\`${option}\` has ${address}, which is not in ${subnet}`,
  help: "Proxmox takes gateways and ranges of DHCP only inside of the subnet.",
});

export const subnetOnTrunk = diagnosticKind<{ vnet: string }>({
  code: "PHX5663",
  severity: "error",
  title: "subnet of a network that passes VLANs",
  message: ({ vnet }) => `${vnet} is \`vlan_aware\`, and cannot have a subnet`,
  help: "Guests with tags of their own are in networks of their own. Take one of the two out.",
});

export const tagTooLarge = diagnosticKind<{ tag: number; type: string; max: number }>({
  code: "PHX5664",
  severity: "error",
  title: "tag that no VLAN has",
  message: ({ tag, type, max }) =>
    `the tag ${tag} is larger than ${max}, which is the last one in zones of type ${type}`,
  help: "Choose a smaller one; only VXLANs have numbers up to 16777215.",
});

export const sdnNumberTwice = diagnosticKind<{ option: string; number: number; name: string; other: string }>({
  code: "PHX5665",
  severity: "error",
  title: "number of a network that another one has",
  message: ({ option, number, name, other }) => `${name} has the \`${option}\` ${number}, which ${other} has already`,
  help: "Tags of VLANs are each a zone's own; numbers of VXLANs are each the cluster's own. Choose another one.",
});

export const rangesOverlap = diagnosticKind<{ one: string; other: string }>({
  code: "PHX5666",
  severity: "error",
  title: "ranges of DHCP that overlap",
  message: ({ one, other }) => `the range ${one} has addresses of ${other}`,
  help: "Proxmox takes ranges that have no address in common.",
});

export const controllerTwice = diagnosticKind<{ name: string; other: string; type: string; node: string | undefined }>({
  code: "PHX5667",
  severity: "error",
  title: "second controller of its type",
  message: ({ name, other, type, node }) =>
    `${name} is a second controller of type ${type}${node === undefined ? "" : ` for the node ${node}`}, beside ${other}`,
  help: "Proxmox takes one of type evpn in the cluster, and one of types bgp and isis each for a node.",
});

export const controllerOfOther = diagnosticKind<{ zone: string; controller: string }>({
  code: "PHX5668",
  severity: "error",
  title: "controller of another type",
  message: ({ zone, controller }) => `the controller ${controller} of ${zone} is not of type evpn`,
  help: "Zones name the controller of type evpn; those of types bgp and isis belong to nodes.",
});

export const vnetTaken = diagnosticKind<{ vnet: string; other: string }>({
  code: "PHX4853",
  severity: "error",
  title: "virtual network with the name of another interface",
  message: ({ vnet, other }) => `the virtual network ${vnet} is a bridge of that name, which ${other} has already`,
  help: "Names of networks are the whole cluster's, and those of interfaces are among them. Choose another name.",
});

export const sdnFindings: readonly DiagnosticKind<never>[] = [
  sdnOptionUnfit,
  sdnIncomplete,
  subnetOutside,
  subnetOnTrunk,
  tagTooLarge,
  sdnNumberTwice,
  rangesOverlap,
  controllerTwice,
  controllerOfOther,
  vnetTaken,
];
