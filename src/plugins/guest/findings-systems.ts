import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings about the operating systems of guests: PHX4435 to PHX4440. */

export const otherSystem = diagnosticKind<{ guest: string; own: string; source: string; theirs: string }>({
  code: "PHX4435",
  severity: "error",
  title: "operating system that contradicts the source",
  message: ({ guest, own, source, theirs }) =>
    `${guest} says \`os = ${own}\`, and ${source}, which it is made from, has ${theirs}`,
  help: "Leave `os` out: a guest has the system of what it is made from.",
});

export const noContainer = diagnosticKind<{ guest: string; title: string }>({
  code: "PHX4436",
  severity: "error",
  title: "operating system without containers",
  message: ({ guest, title }) =>
    `${guest} is a container, and ${title} does not run in one: containers use the host's Linux kernel`,
  help: "Make a virtual machine of it: `vm`.",
});

export const workInWindows = diagnosticKind<{ guest: string; what: string }>({
  code: "PHX4437",
  severity: "error",
  title: "shell work in Windows",
  message: ({ guest, what }) => `${guest} runs Windows, and ${what} needs a Unix shell`,
  help: "Prepare it in the image, or give cloudbase-init a script of PowerShell in `cloud_init { user_data = ... }`.",
});

export const longComputerName = diagnosticKind<{ guest: string; name: string }>({
  code: "PHX4438",
  severity: "warning",
  title: "name that Windows cannot have",
  message: ({ guest, name }) =>
    `the name of ${guest} becomes the computer name of Windows, which ${/^\d+$/.test(name) ? "is not of digits alone" : "has at most 15 characters and no dots"}`,
  help: "Choose a shorter name: cloudbase-init cuts it off, and two machines may end up with one name.",
});

export const notOfCloudbaseInit = diagnosticKind<{ guest: string; name: string }>({
  code: "PHX4439",
  severity: "warning",
  title: "setting that cloudbase-init does not have",
  message: ({ guest, name }) =>
    `${guest} runs Windows, and \`${name}\` is for cloud-init on Unix: cloudbase-init does not do it`,
  help: "Leave it out, or write a script of PowerShell in `user_data`.",
});

export const agentNotBrought = diagnosticKind<{ guest: string; title: string; package: string }>({
  code: "PHX4440",
  severity: "warning",
  title: "guest agent that nothing installs",
  message: ({ guest, title, package: name }) =>
    `${guest} has \`agent = true\`, the cloud images of ${title} have no agent, and \`packages\` does not list ${name}`,
  help: ({ package: name }) =>
    `Add \`${name}\` to \`packages\` of \`cloud_init\`. An image of your own that has it needs no \`os\`.`,
});

export const systemFindings: readonly DiagnosticKind<never>[] = [
  otherSystem,
  noContainer,
  workInWindows,
  longComputerName,
  notOfCloudbaseInit,
  agentNotBrought,
];
