import { type DiagnosticKind, diagnosticKind } from "../../../plugin-api/index.js";

/** Findings about exports, shares and those who mount them: PHX4820 to PHX4839. */

export const shareNotForGuest = diagnosticKind<{ guest: string; kind: string; share: string; addresses: string }>({
  code: "PHX4820",
  severity: "error",
  title: "guest mounts what it is no client of",
  message: ({ guest, kind, share, addresses }) =>
    `${guest} mounts the ${kind} ${share}, whose clients do not include it (${addresses})`,
  help: ({ guest }) => `Add ${guest.split(" ").at(-1) ?? guest} to the \`clients\`, or a net that it is in.`,
});

export const exportKeepsRoot = diagnosticKind<{ share: string }>({
  code: "PHX4821",
  severity: "warning",
  title: "root of a client is root of the export",
  message: ({ share }) =>
    `\`no_root_squash\` of the export ${share} lets root of every client own files there, and leave programs with root's rights`,
  help: "Leave it out where no client needs it, or give it to one client alone: `client NAME { options = [...] }`.",
});

export const sharedTwice = diagnosticKind<{ path: string; other: string }>({
  code: "PHX4822",
  severity: "error",
  title: "directory exported twice",
  message: ({ path, other }) => `${path} is what the export ${other} offers already`,
  help: "Make one export of both; NFS knows an export by its directory and would take the options of either.",
});

export const exportToAll = diagnosticKind<{ share: string; client: string }>({
  code: "PHX4823",
  severity: "warning",
  title: "export that everybody may write to",
  message: ({ share, client }) => `the export ${share} can be written to by everybody who reaches the host (${client})`,
  help: "Name the guests or the networks that need it, or write `ro` among the options.",
});

export const shareDiagnostics: readonly DiagnosticKind<never>[] = [
  shareNotForGuest,
  exportKeepsRoot,
  sharedTwice,
  exportToAll,
];
