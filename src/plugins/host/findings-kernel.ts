import { diagnosticKind } from "../../plugin-api/index.js";

/** Findings about the command line of a host's kernel: PHX5604 to PHX5609. */

export const parameterTwice = diagnosticKind<{ host: string; parameter: string }>({
  code: "PHX5604",
  severity: "error",
  title: "kernel parameter that is wanted and taken off",
  message: ({ host, parameter }) => `the host ${host} is to start its kernel with \`${parameter}\`, and without it`,
  help: "Leave it out of `cmdline` or of `without`.",
});

export const bootParameter = diagnosticKind<{ host: string; parameter: string }>({
  code: "PHX5605",
  severity: "error",
  title: "kernel parameter of the boot loader",
  message: ({ host, parameter }) =>
    `\`${parameter}\` says which system the host ${host} starts, and is for its boot loader to say`,
  help: "Leave it out: a host that does not start could not be mended by the next plan.",
});

export const iommuOff = diagnosticKind<{ host: string; parameter: string }>({
  code: "PHX5606",
  severity: "error",
  title: "IOMMU that is off, and devices for machines",
  message: ({ host, parameter }) =>
    `the host ${host} gives devices to machines, which needs the IOMMU, and switches it off with \`${parameter}\``,
  help: "Leave the parameter out. `iommu=pt` makes the host's own devices bypass the IOMMU, and keeps it on.",
});
