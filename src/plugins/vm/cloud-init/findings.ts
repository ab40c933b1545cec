import { diagnosticKind } from "../../../plugin-api/index.js";
import type { DiagnosticKind } from "../../../plugin-api/index.js";

/** Findings about what cloud-init is told: PHX4701 to PHX4799. */

export const replacedByUserData = diagnosticKind<{ names: readonly string[] }>({
  code: "PHX4701",
  severity: "error",
  title: "user data of one's own beside what it replaces",
  message: ({ names }) =>
    `\`user_data\` replaces what is made from the other attributes, so that ${names.map((name) => `\`${name}\``).join(", ")} would have no effect`,
  help: "Say it in the user data itself, or leave `user_data` out; `vendor_data` adds to the other attributes.",
});

export const userWithoutLogin = diagnosticKind<{ user: string }>({
  code: "PHX4702",
  severity: "warning",
  title: "user who cannot log in",
  message: ({ user }) => `the user ${user} has neither keys nor a password, and so cannot log in`,
  help: 'Add `ssh_keys = [file("keys/admin.pub")]` or `password = secret("env:NAME")`; `ssh_keys = []` says that it is meant.',
});

export const sameUserTwice = diagnosticKind<{ user: string }>({
  code: "PHX4703",
  severity: "error",
  title: "first user once more as a block",
  message: ({ user }) =>
    `\`user = ${user}\` and \`user ${user} { }\` are one user, of whom cloud-init would take one half`,
  help: "Keep one: the attribute names the user that the image is made with, with the groups and rights of that.",
});

export const noUserDataHeader = diagnosticKind<{ name: string; found: string }>({
  code: "PHX4704",
  severity: "error",
  title: "user data that cloud-init does not recognise",
  message: ({ name, found }) => `\`${name}\` begins with ${found}, by which cloud-init cannot tell what it is`,
  help: "Begin it with a line `#cloud-config`, or with `#!` where it is a script.",
});

export const tabInYaml = diagnosticKind<{ name: string; line: number }>({
  code: "PHX4705",
  severity: "error",
  title: "tab in the indentation of YAML",
  message: ({ name, line }) => `line ${line} of \`${name}\` is indented by a tab, which YAML does not allow`,
  help: "Indent it by blanks.",
});

export const noNetworkVersion = diagnosticKind({
  code: "PHX4706",
  severity: "error",
  title: "network configuration without a version",
  message: () => "`network_config` has no `version`, without which cloud-init does not read it",
  help: "Write `version: 2` and `ethernets:`, or `version: 1` and `config:`.",
});

export const snippetTooLarge = diagnosticKind<{ name: string; bytes: number }>({
  code: "PHX4707",
  severity: "error",
  title: "snippet that Proxmox does not read",
  message: ({ name, bytes }) => `${name} has ${bytes} bytes; Proxmox reads snippets of up to 1048576`,
  help: "Let a command of the guest fetch what is large.",
});

export const cloudInitFindings: readonly DiagnosticKind<never>[] = [
  replacedByUserData,
  userWithoutLogin,
  sameUserTwice,
  noUserDataHeader,
  tabInYaml,
  noNetworkVersion,
  snippetTooLarge,
];
