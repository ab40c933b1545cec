import { diagnosticKind, ownRoles } from "../../plugin-api/index.js";

/** Findings about the settings of a host: PHX5602 to PHX5619, PHX5673 to PHX5679, PHX4880 and PHX4881. */

export const unknownTimeZone = diagnosticKind<{ zone: string; nearest: string | undefined }>({
  code: "PHX5602",
  severity: "error",
  title: "unknown time zone",
  message: ({ zone, nearest }) =>
    `there is no time zone \`${zone}\`${nearest === undefined ? "" : `; did you mean \`${nearest}\`?`}`,
  help: "Time zones are named after places, as in `timedatectl list-timezones`: `Europe/Berlin`, `America/New_York`, `Etc/UTC`.",
});

export const rootWithAccount = diagnosticKind<{ name: string }>({
  code: "PHX5603",
  severity: "error",
  title: "account of root",
  message: ({ name }) => `\`${name}\` of root is not for a plan to change`,
  help: "Of `user root` only `ssh_keys` can be declared: a plan that breaks root's login could not be mended by the next one.",
});

export const permissionOfNobody = diagnosticKind<{ role: string; path: string }>({
  code: "PHX5673",
  severity: "error",
  title: "role that nobody is given",
  message: ({ role, path }) => `nobody is given the role ${role} on ${path}`,
  help: "Say who has it: `users`, `groups` or `tokens`.",
});

export const tokensInOneFile = diagnosticKind<{ token: string; other: string; path: string }>({
  code: "PHX5674",
  severity: "error",
  title: "two tokens in one file",
  message: ({ token, other, path }) =>
    `the value of ${token} is to go into ${path}, where that of ${other} goes: Proxmox tells each once`,
  help: "Give each token a file of its own in `save`.",
});

export const privilegeGone = diagnosticKind<{ release: string }>({
  code: "PHX4880",
  severity: "error",
  title: "privilege of an older release",
  message: ({ release }) => `Proxmox VE ${release} has no privilege \`VM.Monitor\` any more`,
  help: "Since 9.0 `Sys.Audit` allows the monitor, and `VM.GuestAgent.Audit`, `.FileRead`, `.FileWrite`, `.FileSystemMgmt` and `.Unrestricted` what the agent does.",
});

export const noSuchRole = diagnosticKind<{ role: string; suggested: string | undefined }>({
  code: "PHX4881",
  severity: "error",
  title: "role that Proxmox does not bring",
  message: ({ role, suggested }) =>
    `Proxmox brings no role \`${role}\`${suggested === undefined ? "" : `; did you mean \`${suggested}\`?`}`,
  help: () =>
    `Roles that begin with \`PVE\` are Proxmox's own: ${ownRoles.filter((name) => name.startsWith("PVE")).join(", ")}.`,
});
