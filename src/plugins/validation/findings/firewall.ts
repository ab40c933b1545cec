import { diagnosticKind } from "../../../plugin-api/index.js";

export const duplicateRule = diagnosticKind<{ rule: string }>({
  code: "PHX4501",
  severity: "warning",
  title: "repeated firewall rule",
  message: ({ rule }) => `the rule \`${rule}\` stands here already`,
  help: "Remove one of the two.",
});

export const shadowedRule = diagnosticKind<{ rule: string; by: string; contrary: boolean }>({
  code: "PHX4502",
  severity: "warning",
  title: "shadowed firewall rule",
  message: ({ rule, by, contrary }) =>
    contrary
      ? `\`${rule}\` never applies: \`${by}\` decides first, the other way`
      : `\`${rule}\` adds nothing: \`${by}\` covers it`,
  help: ({ contrary }) => (contrary ? "Move the narrower rule before the wider one." : "Remove the narrower rule."),
});

export const portWithoutProtocol = diagnosticKind<{ proto: string | undefined; ports: string }>({
  code: "PHX4503",
  severity: "error",
  title: "ports with a protocol that has none",
  message: ({ proto, ports }) =>
    `${proto === undefined ? "a rule for all protocols" : `protocol ${proto}`} has no ports, but the rule names ${ports}`,
  help: "Ports go with tcp, udp, udplite, sctp and dccp.",
});

export const unknownAddress = diagnosticKind<{ address: string; nearest: readonly string[] }>({
  code: "PHX4504",
  severity: "warning",
  title: "firewall rule names an unknown address",
  message: ({ address }) => `no declared guest, host or network has the address ${address}`,
  help: ({ nearest }) =>
    nearest.length === 0
      ? "Write rules with the names of guests and networks: their addresses then follow by themselves."
      : `Did you mean ${nearest.join(" or ")}? Rules may name the guest instead of its address.`,
});

export const openRule = diagnosticKind<{ what: string }>({
  code: "PHX4505",
  severity: "note",
  title: "port open to everybody",
  message: ({ what }) => `${what} is open to any source`,
  help: "Add `from` with the guests or the network that need it; write `from any` where everybody is meant.",
});

export const disabledWithRules = diagnosticKind<{ guest: string; count: number }>({
  code: "PHX4506",
  severity: "note",
  title: "disabled firewall with rules",
  message: ({ guest, count }) =>
    `the firewall of ${guest} is disabled: its ${count} ${count === 1 ? "rule does" : "rules do"} nothing`,
  help: "Enable it, or remove the rules.",
});

export const firewallOffInterface = diagnosticKind<{ guest: string }>({
  code: "PHX4507",
  severity: "warning",
  title: "firewall without an interface",
  message: ({ guest }) => `the firewall of ${guest} filters nothing: none of its nets says \`firewall = true\``,
  help: "Add `firewall = true` to the nets that it shall filter.",
});

export const unansweredRule = diagnosticKind<{ rule: string; target: string; source: string }>({
  code: "PHX4508",
  severity: "note",
  title: "outgoing rule without a matching incoming one",
  message: ({ rule, target, source }) =>
    `\`${rule}\` lets ${source} out, but the firewall of ${target} does not let it in`,
  help: "Add the `in accept` rule to the other guest, or remove this one.",
});

export const addressNotStatic = diagnosticKind<{ guest: string }>({
  code: "PHX4509",
  severity: "error",
  title: "firewall rule names a guest without an address",
  message: ({ guest }) => `${guest} has no static address that the rule could use`,
  help: "Give the guest a static address, or name the network.",
});

export const macroWithPorts = diagnosticKind<{ macro: string; what: string }>({
  code: "PHX4510",
  severity: "error",
  title: "macro with ports",
  message: ({ macro, what }) => `the macro ${macro} brings its own protocols and ports, but the rule names ${what}`,
  help: "Write the macro alone, or the protocol with its ports.",
});

export const icmpTypeUnfit = diagnosticKind<{ type: string; problem: string }>({
  code: "PHX4511",
  severity: "error",
  title: "message type that does not fit",
  message: ({ type, problem }) => `the message type ${type} does not fit: ${problem}`,
  help: "Types of messages go with `icmp`, for IPv4, and `icmpv6`.",
});

export const tooManyPorts = diagnosticKind<{ count: number; most: number }>({
  code: "PHX4512",
  severity: "error",
  title: "too many ports in a rule",
  message: ({ count, most }) => `the rule names ${count} ports, of which a range counts as two; iptables takes ${most}`,
  help: "Write several rules: one that is too long makes Proxmox load no rule at all.",
});

export const mixedFamilies = diagnosticKind<{ rule: string }>({
  code: "PHX4513",
  severity: "error",
  title: "rule for no packet",
  message: ({ rule }) => `no packet fits \`${rule}\`: it asks for IPv4 and for IPv6`,
  help: "Name addresses of one family at both ends; `icmp` is of IPv4, `icmpv6` of IPv6.",
});

export const unknownPiece = diagnosticKind<{ what: string; name: string; meant: string | undefined }>({
  code: "PHX4514",
  severity: "error",
  title: "firewall rule names an unknown group, set or alias",
  message: ({ what, name }) => `no block declares the ${what} ${name}`,
  help: ({ meant }) => (meant === undefined ? "Declare it in the guest's firewall." : `Did you mean ${meant}?`),
});

export const unusedPiece = diagnosticKind<{ what: string; name: string }>({
  code: "PHX4515",
  severity: "note",
  title: "firewall name that no rule uses",
  message: ({ what, name }) => `no rule names the ${what} ${name}`,
  help: "Remove it, or name it in a rule.",
});

export const memberUnfit = diagnosticKind<{ set: string; member: string; problem: string }>({
  code: "PHX4516",
  severity: "error",
  title: "member that a set cannot have",
  message: ({ set, member, problem }) => `the set ${set} cannot have the member ${member}: ${problem}`,
  help: "Members are addresses and nets, each once, and names that stand for them.",
});

export const memberIdle = diagnosticKind<{ set: string; member: string; by: string | undefined }>({
  code: "PHX4517",
  severity: "warning",
  title: "member that changes nothing",
  message: ({ set, member, by }) =>
    by === undefined
      ? `\`except\` takes ${member} out of the set ${set}, where it is not`
      : `${member} adds nothing to the set ${set}: ${by} covers it`,
  help: "Remove it, or correct the address.",
});

export const aliasUnfit = diagnosticKind<{ alias: string; addresses: readonly string[] }>({
  code: "PHX4518",
  severity: "error",
  title: "alias that is not one address",
  message: ({ alias, addresses }) =>
    addresses.length === 0
      ? `the alias ${alias} stands for no address`
      : `the alias ${alias} stands for ${addresses.join(", ")}, which is not one address or net`,
  help: "Write one address or net; several together are an `ipset`.",
});

export const ruleOffInterface = diagnosticKind<{ iface: string; exists: boolean }>({
  code: "PHX4519",
  severity: "warning",
  title: "firewall rule for an interface without a firewall",
  message: ({ iface, exists }) =>
    exists ? `the rule filters nothing: ${iface} does not say \`firewall = true\`` : `the guest has no ${iface}`,
  help: "Add `firewall = true` to the net, or name another one.",
});

export const firewallDiagnostics = [
  duplicateRule,
  shadowedRule,
  portWithoutProtocol,
  unknownAddress,
  openRule,
  disabledWithRules,
  firewallOffInterface,
  unansweredRule,
  addressNotStatic,
  macroWithPorts,
  icmpTypeUnfit,
  tooManyPorts,
  mixedFamilies,
  unknownPiece,
  unusedPiece,
  memberUnfit,
  memberIdle,
  aliasUnfit,
  ruleOffInterface,
] as const;
