import { type DiagnosticKind, diagnosticKind } from "../diagnostic.js";

/** Findings of the JSON front end about exports and shares: PHX2084 to PHX2087. */

export const jsonSambaPassword = diagnosticKind<{ readonly user: string }>({
  code: "PHX2084",
  severity: "note",
  title: "Samba user whose password is not in the files",
  message: ({ user }) =>
    `no field says the password of the Samba user \`${user}\`; the plan leaves the one that the host has`,
  help: ({ user }) =>
    `give it once on the host with \`smbpasswd -a ${user}\`, or in a \`.phx\` file: \`samba { user ${user} { password = secret("env:NAME") } }\``,
});

export const jsonShareOption = diagnosticKind<{ readonly text: string }>({
  code: "PHX2085",
  severity: "warning",
  title: "option of a share that cannot be read",
  message: ({ text }) => `\`${text}\` is no option of a Samba share`,
  help: "write options as `browseable=yes writable=yes`",
});

export const jsonShareDiagnostics: readonly DiagnosticKind<never>[] = [jsonSambaPassword, jsonShareOption];
