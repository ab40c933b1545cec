import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings about devices of the host that virtual machines get: PHX5221 to PHX5229. */

export const deviceUnclear = diagnosticKind<{ kind: string; ways: readonly string[]; said: readonly string[] }>({
  code: "PHX5221",
  severity: "error",
  title: "device that is named not at all, or twice",
  message: ({ kind, said }) =>
    said.length === 0
      ? `this \`${kind}\` block does not say which device of the host it means`
      : `this \`${kind}\` block names its device ${said.length} times: ${said.join(", ")}`,
  help: ({ ways }) => `Write exactly one of ${ways.map((way) => `\`${way}\``).join(", ")}.`,
});

export const pciExpressWithoutQ35 = diagnosticKind<{ guest: string }>({
  code: "PHX5222",
  severity: "error",
  title: "PCI Express without a machine that has it",
  message: ({ guest }) =>
    `${guest} is not of the machine type q35, so Proxmox refuses to start it with \`pcie = true\``,
  help: 'Write `options { machine = "q35" }`, or leave `pcie` out.',
});

export const pciTwice = diagnosticKind<{ address: string; guest: string }>({
  code: "PHX5223",
  severity: "error",
  title: "one PCI device twice in a machine",
  message: ({ address, guest }) => `${guest} gets the PCI device ${address} in another block as well`,
  help: "Keep one of the blocks.",
});

export const deviceFindingKinds: readonly DiagnosticKind<never>[] = [deviceUnclear, pciExpressWithoutQ35, pciTwice];
