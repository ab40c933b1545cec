import { diagnosticKind } from "../../../plugin-api/index.js";

export const duplicateAddress = diagnosticKind<{ address: string; guest: string; first: string; network: string }>({
  code: "PHX4001",
  severity: "error",
  title: "duplicate static address",
  message: ({ address, guest, first, network }) =>
    `${guest} has the address ${address} in ${network}, which ${first} has`,
  help: "Give one of the two another address.",
});

export const duplicateMac = diagnosticKind<{ mac: string; guest: string; first: string }>({
  code: "PHX4002",
  severity: "error",
  title: "duplicate MAC address",
  message: ({ mac, guest, first }) => `${guest} has the MAC address ${mac}, which ${first} has`,
  help: "Change one of the two, or leave `mac` out: Proxmox then generates an address and keeps it.",
});

export const addressOutsideSubnet = diagnosticKind<{ address: string; network: string; subnet: string }>({
  code: "PHX4003",
  severity: "error",
  title: "address outside its subnet",
  message: ({ address, network, subnet }) => `${address} is not in ${subnet}, the subnet of network ${network}`,
  help: "Choose an address of the subnet, or attach the guest to another network.",
});

export const addressIsGateway = diagnosticKind<{ address: string }>({
  code: "PHX4004",
  severity: "error",
  title: "address equals the gateway",
  message: ({ address }) => `${address} is the gateway's address`,
  help: "Choose another address; a guest that is itself the gateway says `gateway = absent`.",
});

export const addressIsHost = diagnosticKind<{ address: string; host: string }>({
  code: "PHX4005",
  severity: "error",
  title: "address equals the host's",
  message: ({ address, host }) => `${address} is the address of host ${host}`,
  help: "Choose another address for the guest.",
});

export const addressUnusable = diagnosticKind<{ address: string; subnet: string; role: "network" | "broadcast" }>({
  code: "PHX4006",
  severity: "error",
  title: "network or broadcast address",
  message: ({ address, subnet, role }) => `${address} is the ${role} address of ${subnet}; no guest can have it`,
  help: "Choose an address between the first and the last one of the subnet.",
});

export const gatewayOutsideSubnet = diagnosticKind<{ gateway: string; subnet: string }>({
  code: "PHX4007",
  severity: "error",
  title: "gateway outside the subnet",
  message: ({ gateway, subnet }) => `the gateway ${gateway} is not in ${subnet}, so guests cannot reach it`,
  help: "Name a gateway of the same subnet, or correct the subnet's prefix.",
});

export const prefixDisagrees = diagnosticKind<{ prefix: number; network: string; subnet: string }>({
  code: "PHX4008",
  severity: "error",
  title: "prefix disagrees with the network",
  message: ({ prefix, network, subnet }) =>
    `the prefix /${prefix} disagrees with ${subnet}, the subnet of network ${network}`,
  help: "Leave the prefix out: the address takes that of its network.",
});

export const addressInPool = diagnosticKind<{ what: string; address: string; network: string; pool: string }>({
  code: "PHX4009",
  severity: "warning",
  title: "fixed address inside a pool of automatic addresses",
  message: ({ what, address, network, pool }) =>
    `${what} ${address} lies in ${pool}, from which network ${network} hands out addresses`,
  help: "Choose an address outside the pool, or make the pool smaller.",
});

export const silentNameserver = diagnosticKind<{ address: string; guest: string; why: string }>({
  code: "PHX4010",
  severity: "warning",
  title: "name server that cannot answer",
  message: ({ address, guest, why }) => `the name server ${address} is ${guest}, which ${why}`,
  help: "Name a resolver that answers, or let the guest's firewall accept udp and tcp 53.",
});

export const poolOutsideSubnet = diagnosticKind<{ pool: string; subnet: string }>({
  code: "PHX4011",
  severity: "error",
  title: "pool outside the subnet",
  message: ({ pool, subnet }) => `the pool ${pool} does not lie in the subnet ${subnet}`,
  help: "Write the pool as `first..last`, both addresses of the subnet.",
});

export const inheritedAddress = diagnosticKind<{ guest: string; source: string; address: string; network: string }>({
  code: "PHX4012",
  severity: "warning",
  title: "address of the clone source",
  message: ({ guest, source, address, network }) =>
    `${guest} keeps the address ${address} in ${network} of ${source}, which it is cloned from`,
  help: "Declare the clone's own `net` with an `ip`; or let the source have `ip = dhcp`, or none.",
});

export const networkDiagnostics = [
  duplicateAddress,
  duplicateMac,
  addressOutsideSubnet,
  addressIsGateway,
  addressIsHost,
  addressUnusable,
  gatewayOutsideSubnet,
  prefixDisagrees,
  addressInPool,
  silentNameserver,
  poolOutsideSubnet,
  inheritedAddress,
] as const;
