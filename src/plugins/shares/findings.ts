import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings about exports and shares: PHX5701 to PHX5719. */

export const shareWithoutPath = diagnosticKind<{ kind: string; share: string; both: boolean }>({
  code: "PHX5701",
  severity: "error",
  title: "share without one directory",
  message: ({ kind, share, both }) =>
    `the ${kind} ${share} ${both ? "has both `path` and `dataset`" : "says no `path` and no `dataset`"}`,
  help: "Write `dataset = POOL/NAME` for all of a dataset, or `path` for any other directory.",
});

export const shareClientUnknown = diagnosticKind<{ kind: string; share: string; client: string }>({
  code: "PHX5702",
  severity: "error",
  title: "client without an address",
  message: ({ kind, share, client }) => `${client}, a client of the ${kind} ${share}, has no static address`,
  help: "Give it one with `ip`, or write the net that its address comes from.",
});

export const exportWithoutClients = diagnosticKind<{ share: string }>({
  code: "PHX5703",
  severity: "error",
  title: "export without clients",
  message: ({ share }) => `the export ${share} names no clients`,
  help: 'Name guests, networks or addresses in `clients`; `clients = ["*"]` is everybody who reaches the host.',
});

export const sambaParameterTwice = diagnosticKind<{ share: string; parameter: string; attribute: string }>({
  code: "PHX5704",
  severity: "error",
  title: "Samba parameter said twice",
  message: ({ share, parameter, attribute }) =>
    `\`${parameter}\` of ${share} is what \`${attribute}\` says: it cannot stand in \`options\` as well`,
  help: ({ attribute }) => `Write \`${attribute}\`.`,
});

export const sharePathMacro = diagnosticKind<{ share: string; path: string; part: string }>({
  code: "PHX5705",
  severity: "error",
  title: "path that Samba would read otherwise",
  message: ({ share, path, part }) =>
    `Samba would read \`${part}\` in ${path}, the path of the share ${share}, as something else`,
  help: "Rename the directory: smb.conf has no way to write a percent sign, or a backslash at the end.",
});

export const mappingPath = diagnosticKind<{ mapping: string; path: string; part: string }>({
  code: "PHX5706",
  severity: "error",
  title: "path that a mapping cannot hold",
  message: ({ mapping, path, part }) =>
    `${path}, the path of the mapping ${mapping}, holds \`${part}\`, which Proxmox does not take there`,
  help: "Rename the directory: the path of a mapping is without `;`, `,`, `=` and brackets.",
});

export const shareFindings: readonly DiagnosticKind<never>[] = [
  sharePathMacro,
  mappingPath,
  shareWithoutPath,
  shareClientUnknown,
  exportWithoutClients,
  sambaParameterTwice,
];
