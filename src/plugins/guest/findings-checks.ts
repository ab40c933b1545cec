import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings about health checks, besides the two in findings.ts: PHX5070 to PHX5079. */

export const checkForMachines = diagnosticKind<{ guest: string; name: string }>({
  code: "PHX5070",
  severity: "error",
  title: "check of a container that only machines have",
  message: ({ guest, name }) => `\`${name}\` is for virtual machines; ${guest} is a container`,
  help: ({ name }) =>
    name === "agent"
      ? "Containers need no guest agent; leave the check out, or check something else with `run`."
      : 'Proxmox configures containers itself; where one has cloud-init, check `run = "cloud-init status --wait"`.',
});

export const checkOptionIdle = diagnosticKind<{ check: string; option: string; owner: string }>({
  code: "PHX5071",
  severity: "warning",
  title: "attribute of a check without effect",
  message: ({ check, option, owner }) =>
    `\`${option}\` has no effect: the check ${check} has no \`${owner}\`, which it belongs to`,
  help: "Leave it out.",
});

export const checkScriptUnusable = diagnosticKind<{ path: string; reason: string }>({
  code: "PHX5072",
  severity: "error",
  title: "script that no check can run",
  message: ({ path, reason }) => `${path} ${reason}`,
  help: "Begin it with `#!/bin/sh`, `#!/bin/bash` or `#!/usr/bin/env python3`; what is long belongs into the guest, by a `feature`.",
});

export const checkLeftOut = diagnosticKind<{ path: string }>({
  code: "PHX5073",
  severity: "warning",
  title: "check whose script does not exist",
  message: ({ path }) => `there is no script ${path}: the check is left out`,
  help: "Copy it there, or say with `scripts` in phx.config.json where scripts lie.",
});

export const checkFindings: readonly DiagnosticKind<never>[] = [
  checkForMachines,
  checkOptionIdle,
  checkScriptUnusable,
  checkLeftOut,
];
