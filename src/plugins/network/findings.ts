import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings about the software-defined network: PHX5660 to PHX5669. */

export const sdnOptionUnfit = diagnosticKind<{ option: string; type: string; other: string }>({
  code: "PHX5660",
  severity: "error",
  title: "option of another type of zone",
  message: ({ option, type }) => `\`${option}\` is not for zones of type ${type}`,
  help: ({ other }) => `Remove it, or make it a zone of type ${other}.`,
});

export const sdnIncomplete = diagnosticKind<{ name: string; option: string }>({
  code: "PHX5661",
  severity: "error",
  title: "zone of VLANs without its place",
  message: ({ name, option }) =>
    `${name} needs \`${option}\`: a zone of VLANs is on a bridge, each network in it has a tag`,
  help: "Add it, or make it a zone of type simple.",
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

export const sdnFindings: readonly DiagnosticKind<never>[] = [
  sdnOptionUnfit,
  sdnIncomplete,
  subnetOutside,
  subnetOnTrunk,
];
