import { diagnosticKind } from "../../../plugin-api/index.js";

// None of these messages takes the value: a finding is printed, logged and sent to code scanning.

export const secretInClear = diagnosticKind<{ name: string }>({
  code: "PHX4601",
  severity: "warning",
  title: "secret in clear text",
  message: ({ name }) => `\`${name}\` looks like a secret and is written in clear text`,
  help: "Keep it in a file on the host and name that file here; change the value, for it is in the history of the files.",
});

export const privateKey = diagnosticKind<{ name: string }>({
  code: "PHX4602",
  severity: "error",
  title: "private key in the configuration",
  message: ({ name }) => `\`${name}\` holds a private key, which would become part of the plan`,
  help: "Keep it in a file on the host and name that file here; replace the key, for it is in the history of the files.",
});

export const credentialsInUrl = diagnosticKind<{ name: string }>({
  code: "PHX4603",
  severity: "warning",
  title: "password in a URL",
  message: ({ name }) => `\`${name}\` holds a URL with a password in clear text`,
  help: "Remove the password from the URL, and change it: it is in the history of the files.",
});

export const secretDiagnostics = [secretInClear, privateKey, credentialsInUrl] as const;
