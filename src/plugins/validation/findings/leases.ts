import { diagnosticKind } from "../../../plugin-api/index.js";

export const nobodyLeases = diagnosticKind<{ guest: string; vnet: string; zone: string; why: string }>({
  code: "PHX4465",
  severity: "warning",
  title: "DHCP where nobody hands out addresses",
  message: ({ guest, vnet, zone, why }) =>
    `${guest} asks for an address by DHCP on ${vnet}, where nobody hands any out: ${why} (zone ${zone})`,
  help: "Say `dhcp = true` in the zone and `dhcp = FIRST..LAST` in a subnet of the network, or give the guest an address.",
});

export const addressIsLeased = diagnosticKind<{ guest: string; address: string; range: string; vnet: string }>({
  code: "PHX4466",
  severity: "warning",
  title: "static address among those of DHCP",
  message: ({ guest, address, range, vnet }) =>
    `${guest} has the address ${address}, which DHCP may hand to others: it is in the range ${range} of ${vnet}`,
  help: "Choose an address outside of the range, or say `ip = dhcp`.",
});

export const leaseDiagnostics = [nobodyLeases, addressIsLeased] as const;
