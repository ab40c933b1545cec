import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings about the firewalls of the cluster and of nodes: PHX5670 to PHX5672, PHX5680 to PHX5689. */

export const firewallOfNobody = diagnosticKind<{ name: string; hosts: readonly string[] }>({
  code: "PHX5670",
  severity: "error",
  title: "firewall of nothing that is declared",
  message: ({ name }) => `\`firewall ${name}\` is neither that of the cluster nor that of a declared host`,
  help: ({ hosts: [host = "HOST"] }) => `Write \`firewall cluster\`, or the name of a host: \`firewall ${host}\`.`,
});

export const firewallOptionElsewhere = diagnosticKind<{ option: string; node: boolean }>({
  code: "PHX5671",
  severity: "error",
  title: "option of the other firewall",
  message: ({ option, node }) =>
    `\`${option}\` is an option of the firewall of ${node ? "a node, not of the cluster" : "the cluster, not of a node"}`,
  help: ({ node }) => `Write it into ${node ? "`firewall HOST`, with the name of the host" : "`firewall cluster`"}.`,
});

export const forwardWithoutNftables = diagnosticKind<{ node: string }>({
  code: "PHX5672",
  severity: "warning",
  title: "nothing looks at packets that pass through",
  message: () =>
    "only the firewall that is built on nftables looks at packets that pass through a node, and no file switches it on",
  help: ({ node }) =>
    `Write \`nftables = true\` into \`firewall ${node}\`, on a host that has the package proxmox-firewall.`,
});

export const firewallFindings: readonly DiagnosticKind<never>[] = [
  firewallOfNobody,
  firewallOptionElsewhere,
  forwardWithoutNftables,
];
