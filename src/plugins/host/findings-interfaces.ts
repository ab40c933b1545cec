import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings about values of interfaces: PHX5623, PHX5624, PHX5658, PHX5659, PHX5669, PHX4852, PHX4854. */

export const portUnfit = diagnosticKind<{ port: string; name: string; reason: string }>({
  code: "PHX5623",
  severity: "error",
  title: "interface that cannot be below another",
  message: ({ port, name, reason }) => `${port} cannot be below ${name}: ${reason}`,
  help: "Cards and bonds are below bridges, cards below bonds, and all of these below VLANs of the host.",
});

export const vlansUnaware = diagnosticKind<{ bridge: string }>({
  code: "PHX5624",
  severity: "error",
  title: "VLANs of a bridge that does not know VLANs",
  message: ({ bridge }) => `\`vlans\` has no effect on ${bridge}, which is declared without \`vlan_aware = true\``,
  help: "Say `vlan_aware = true` as well: Proxmox keeps the list only of a bridge that knows VLANs.",
});

export const addressUnfit = diagnosticKind<{ address: string; name: string; reason: string }>({
  code: "PHX5658",
  severity: "error",
  title: "address that an interface cannot have",
  message: ({ address, name, reason }) => `${name} cannot have the address ${address}: ${reason}`,
  help: "Give the interface an address of its own in its network.",
});

export const tagUnfit = diagnosticKind<{ name: string; text: string; reason: string }>({
  code: "PHX5659",
  severity: "error",
  title: "VLAN tag that there is not",
  message: ({ name, text, reason }) => `${name} has the VLAN ${text}: ${reason}`,
  help: "Tags go from 1 to 4094; those in `vlans` of a bridge from 2, the lower one of a range first.",
});

export const mtuTooLarge = diagnosticKind<{ name: string; mtu: number; below: string; most: number }>({
  code: "PHX5669",
  severity: "error",
  title: "MTU larger than what lets it pass",
  message: ({ name, mtu, below, most }) => `${name} has an MTU of ${mtu}, and ${below} lets ${most} pass`,
  help:
    "Proxmox takes no bridge with a larger MTU than its ports, no VLAN with a larger one than what it is on, and no card with a " +
    "larger one than its bond. Make the two agree.",
});

export const mtuOfBond = diagnosticKind<{ bond: string; name: string; mtu: number }>({
  code: "PHX4852",
  severity: "warning",
  title: "bond without the MTU that is asked of it",
  message: ({ bond, name, mtu }) => `${name} has an MTU of ${mtu}, and the block of ${bond} says none`,
  help: ({ mtu }) =>
    `Without one, ifupdown2 gives a bond and its cards an MTU of 1500, whatever the cards say. Say \`mtu = ${mtu}\` there, too.`,
});

export const subnetTwice = diagnosticKind<{ name: string; address: string; other: string; otherAddress: string }>({
  code: "PHX4854",
  severity: "warning",
  title: "two interfaces in one subnet",
  message: ({ name, address, other, otherAddress }) =>
    `${name} has the address ${address}, in the subnet that ${other} is in with ${otherAddress}`,
  help:
    "The host answers for both addresses on either interface, and sends all that goes to this subnet by one of them. Put the second " +
    "address into a subnet of its own, or join the two interfaces as a bond.",
});

export const interfaceValueFindings: readonly DiagnosticKind<never>[] = [
  portUnfit,
  vlansUnaware,
  addressUnfit,
  tagUnfit,
  mtuTooLarge,
  mtuOfBond,
  subnetTwice,
];
