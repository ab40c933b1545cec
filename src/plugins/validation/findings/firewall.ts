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

export const portWithoutProtocol = diagnosticKind<{ proto: string; ports: string }>({
  code: "PHX4503",
  severity: "error",
  title: "ports with a protocol that has none",
  message: ({ proto, ports }) => `protocol ${proto} has no ports, but the rule names ${ports}`,
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
] as const;
