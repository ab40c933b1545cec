import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings that virtual machines and containers share: PHX5001 to PHX5099. */

export const unreadableRule = diagnosticKind<{ word: string; expected: string }>({
  code: "PHX5003",
  severity: "error",
  title: "firewall rule that cannot be read",
  message: ({ word, expected }) => `\`${word}\` does not fit here: expected ${expected}`,
  help: "A rule reads `in accept tcp 22 from 10.0.0.0/24`: protocol, ports, then `from` and `to`.",
});

export const unknownRuleName = diagnosticKind<{ name: string }>({
  code: "PHX5004",
  severity: "error",
  title: "firewall rule names an unknown thing",
  message: ({ name }) => `\`${name}\` is neither an address nor a declared guest, network or host`,
  help: "Declare it, write its address, or write `+name` for an IP set and `dc/name` for an alias that exist on the host.",
});

export const checkWithoutAddress = diagnosticKind<{ guest: string; check: string }>({
  code: "PHX5005",
  severity: "warning",
  title: "check of a port without an address",
  message: ({ guest, check }) => `the check ${check} is left out: ${guest} has no static address to connect to`,
  help: "Give the guest a static address, or check with `run`, inside the guest.",
});

export const checkWithoutTest = diagnosticKind<{ check: string }>({
  code: "PHX5006",
  severity: "error",
  title: "check without exactly one test",
  message: ({ check }) =>
    `the check ${check} needs one of \`run\`, \`service\`, \`tcp\`, \`http\`, \`script\`, \`agent\` and \`cloud_init\``,
  help: "A check does one thing; write several checks for several tests.",
});

export const addressWithoutPrefix = diagnosticKind<{ address: string; network: string; subnet: string }>({
  code: "PHX5007",
  severity: "error",
  title: "address without a prefix",
  message: ({ address, network, subnet }) =>
    `${address} has no prefix, and the network ${network} declares no ${subnet}`,
  help: ({ address, subnet }) =>
    `Give the network its \`${subnet}\`, or write the prefix: ${address}/${address.includes(":") ? 64 : 24}.`,
});

export const addressOfOtherFamily = diagnosticKind<{ name: string; address: string }>({
  code: "PHX5091",
  severity: "error",
  title: "address of the other IP version",
  message: ({ name, address }) =>
    name.endsWith("6")
      ? `\`${name}\` is for IPv6, and ${address} is an IPv4 address`
      : `beside \`ip6\`, \`${name}\` is for IPv4, and ${address} is an IPv6 address`,
  help: "An IPv6 address alone may stand as `ip`; where an interface has both, `ip` is IPv4 and `ip6` is IPv6.",
});

export const netWithoutBridge = diagnosticKind<{ network: string }>({
  code: "PHX5008",
  severity: "error",
  title: "interface without a bridge",
  message: ({ network }) => `neither the interface nor the network ${network} says which bridge it is on`,
  help: "Add `bridge = vmbr0` to the network.",
});

export const featureIsAttribute = diagnosticKind<{ names: readonly string[] }>({
  code: "PHX5009",
  severity: "warning",
  title: "Proxmox feature among those to be installed",
  message: ({ names }) => `\`features\` names software to install; ${names.join(", ")}: attributes of the container`,
  help: ({ names }) => `Write ${names.map((name) => `\`${name} = true\``).join(", ")} in the container.`,
});

export const slotsRunOut = diagnosticKind<{ guest: string; family: string; last: string }>({
  code: "PHX5010",
  severity: "error",
  title: "more devices than Proxmox has places for",
  message: ({ guest, family, last }) =>
    `${guest} needs more places of the family ${family} than there are: ${last} is the last`,
  help: "Leave some out, or attach them to another guest or bus.",
});

export const refusedValue = diagnosticKind<{ name: string; message: string }>({
  code: "PHX5051",
  severity: "error",
  title: "value that Proxmox refuses",
  message: ({ name, message }) => `Proxmox refuses this value of \`${name}\`: ${message}`,
  help: "The words are those of Proxmox. The reference of the options says what each takes.",
});

export const optionTwice = diagnosticKind<{ name: string }>({
  code: "PHX5052",
  severity: "error",
  title: "option that is given twice",
  message: ({ name }) => `the option \`${name}\` of Proxmox is given twice`,
  help: "Keep one of them: the attribute of the guest, the text, or the block with its keys.",
});

export const guestFindings: readonly DiagnosticKind<never>[] = [
  unreadableRule,
  unknownRuleName,
  checkWithoutAddress,
  checkWithoutTest,
  addressWithoutPrefix,
  addressOfOtherFamily,
  netWithoutBridge,
  featureIsAttribute,
  slotsRunOut,
  refusedValue,
  optionTwice,
];
