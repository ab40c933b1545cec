import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings about the network of hosts: PHX5640 to PHX5653, PHX5655 to PHX5657. */

export const interfaceTwice = diagnosticKind<{ name: string; kind: string }>({
  code: "PHX5640",
  severity: "error",
  title: "interface declared twice",
  message: ({ name, kind }) => `\`${name}\` is declared as \`${kind}\` already`,
  help: "One block says all of an interface.",
});

export const portTwice = diagnosticKind<{ port: string; name: string; other: string }>({
  code: "PHX5641",
  severity: "error",
  title: "port of two interfaces",
  message: ({ port, name, other }) => `${port} is a port of ${other}, and cannot be one of ${name} as well`,
  help: "Proxmox refuses a port that another bridge or bond has. Take it out of one of the two.",
});

export const bondUnfit = diagnosticKind<{ bond: string; option: string; mode: string; modes: readonly string[] }>({
  code: "PHX5642",
  severity: "error",
  title: "option that the mode of a bond does not have",
  message: ({ bond, option, mode }) => `\`${option}\` has no effect on ${bond}, whose mode is ${mode}`,
  help: ({ option, modes }) => `\`${option}\` belongs to ${modes.join(" and ")}. Remove it, or choose that mode.`,
});

export const primaryNoPort = diagnosticKind<{ bond: string; primary: string }>({
  code: "PHX5643",
  severity: "error",
  title: "primary interface that is no port",
  message: ({ bond, primary }) => `${primary} is to be the primary interface of ${bond} and is none of its ports`,
  help: "Name one of the `ports`.",
});

export const vlanWithoutDevice = diagnosticKind<{ vlan: string }>({
  code: "PHX5644",
  severity: "error",
  title: "VLAN without a device",
  message: ({ vlan }) => `\`${vlan}\` does not say on which interface the VLAN is`,
  help: "Add `device = bond0`, or call it by device and tag: `vlan bond0.20`.",
});

export const vlanDeviceTwice = diagnosticKind<{ vlan: string; device: string }>({
  code: "PHX5645",
  severity: "error",
  title: "VLAN with two devices",
  message: ({ vlan, device }) => `the name \`${vlan}\` says that the VLAN is on ${device}; \`device\` says another one`,
  help: "Remove `device`, or call the VLAN `vlanN`.",
});

export const gatewayTwice = diagnosticKind<{ name: string; other: string }>({
  code: "PHX5646",
  severity: "error",
  title: "two default gateways",
  message: ({ name, other }) => `${name} has a default gateway, and so has ${other}`,
  help: "A host has one default gateway for each family of addresses, and Proxmox refuses a second one.",
});

export const gatewayOutside = diagnosticKind<{ gateway: string; address: string | undefined }>({
  code: "PHX5647",
  severity: "error",
  title: "gateway outside the network of its interface",
  message: ({ gateway, address }) =>
    address === undefined
      ? `the interface has the gateway ${gateway} and no address of its family`
      : `the gateway ${gateway} is not in the network of ${address}`,
  help: "The gateway is an address of the network that the interface is on.",
});

export const vlanOnPlainBridge = diagnosticKind<{ vlan: string; bridge: string }>({
  code: "PHX5648",
  severity: "error",
  title: "VLAN on a bridge that does not know VLANs",
  message: ({ vlan, bridge }) => `${vlan} is on the bridge ${bridge}, which is declared without VLANs`,
  help: "Say `vlan_aware = true` at the bridge, or put the VLAN on its port.",
});

export const bondWithoutPorts = diagnosticKind<{ bond: string }>({
  code: "PHX5649",
  severity: "error",
  title: "bond of nothing",
  message: ({ bond }) => `${bond} joins no interface`,
  help: "Name the cards that it joins: `ports = [eno1, eno2]`.",
});

export const serversTooMany = diagnosticKind<{ count: number }>({
  code: "PHX5650",
  severity: "error",
  title: "more name servers than a host can have",
  message: ({ count }) => `${count} name servers, where Proxmox keeps three`,
  help: "Name at most three; the C library asks no more.",
});

export const nameOptionUnfit = diagnosticKind<{ option: string }>({
  code: "PHX5651",
  severity: "error",
  title: "option of a name server without one",
  message: ({ option }) => `\`${option}\` says something of dnsmasq, and the names go to /etc/hosts`,
  help: "Remove it, or `form = hosts`.",
});

export const nameWithoutAddress = diagnosticKind<{ name: string; guest: string }>({
  code: "PHX5652",
  severity: "error",
  title: "name without an address",
  message: ({ name, guest }) => `${name} is to be a name of ${guest}, which has no static address`,
  help: "Give the guest a static address, or write the address.",
});

export const nameTwice = diagnosticKind<{ name: string; address: string }>({
  code: "PHX5653",
  severity: "error",
  title: "name that is taken",
  message: ({ name, address }) => `the name ${name} stands for ${address} already`,
  help: "A name of two addresses leads now to the one and now to the other. Choose another name.",
});

export const switchOfLinux = diagnosticKind<{ name: string; bridge: string }>({
  code: "PHX5655",
  severity: "error",
  title: "port of Open vSwitch on a bridge of Linux",
  message: ({ name, bridge }) => `${name} is for a bridge of Open vSwitch, and ${bridge} is declared as one of Linux`,
  help: "Make it an `ovs_bridge`, or take a `bond` or `vlan`.",
});

export const switchPortTwice = diagnosticKind<{ port: string; bridge: string }>({
  code: "PHX5656",
  severity: "error",
  title: "port of Open vSwitch that is named by its bridge",
  message: ({ port, bridge }) => `${port} is among the \`ports\` of ${bridge}, and says itself which bridge it is on`,
  help: "Take it out of `ports`, which are the cards on the bridge.",
});

export const vlanOnSwitch = diagnosticKind<{ vlan: string; bridge: string }>({
  code: "PHX5657",
  severity: "error",
  title: "VLAN of Linux on a bridge of Open vSwitch",
  message: ({ vlan, bridge }) => `${vlan} is a VLAN on ${bridge}, which is a bridge of Open vSwitch`,
  help: ({ bridge }) => `Proxmox refuses it. Make it \`ovs_port NAME { bridge = ${bridge}, tag = N }\`.`,
});

export const networkFindings: readonly DiagnosticKind<never>[] = [
  interfaceTwice,
  portTwice,
  bondUnfit,
  primaryNoPort,
  vlanWithoutDevice,
  vlanDeviceTwice,
  gatewayTwice,
  gatewayOutside,
  vlanOnPlainBridge,
  bondWithoutPorts,
  serversTooMany,
  nameOptionUnfit,
  nameWithoutAddress,
  nameTwice,
  switchOfLinux,
  switchPortTwice,
  vlanOnSwitch,
];
