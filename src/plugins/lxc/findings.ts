import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings about making containers: PHX5101 to PHX5199. */

export const ctWithoutSource = diagnosticKind<{ guest: string }>({
  code: "PHX5101",
  severity: "error",
  title: "container without a source",
  message: ({ guest }) => `${guest} says neither \`image\` nor \`clone\`, so it cannot be made`,
  help: 'Name the template archive (`image = "local:vztmpl/..."`) or the container to clone.',
});

export const ctWithTwoSources = diagnosticKind<{ guest: string }>({
  code: "PHX5102",
  severity: "error",
  title: "container with two sources",
  message: ({ guest }) => `${guest} says both \`image\` and \`clone\``,
  help: "Keep one of them.",
});

export const ctWithoutRoot = diagnosticKind<{ guest: string; missing: string }>({
  code: "PHX5103",
  severity: "error",
  title: "container without a root disk",
  message: ({ guest, missing }) => `the root disk of ${guest} has no ${missing}, so it cannot be made`,
  help: "Add `disk root { size = 8GiB, storage = ... }`.",
});

export const volumeIncomplete = diagnosticKind<{ disk: string; missing: string }>({
  code: "PHX5104",
  severity: "error",
  title: "container volume that cannot be made",
  message: ({ disk, missing }) => `the volume ${disk} has no ${missing}`,
  help: "A volume says `size`, `storage` and `at`, where the container mounts it.",
});

export const ownerNotMapped = diagnosticKind<{ owner: string }>({
  code: "PHX5105",
  severity: "error",
  title: "owner outside the container's id map",
  message: ({ owner }) => `the owner ${owner} is not an id of the container, so no owner on the host stands for it`,
  help: "An unprivileged container has the ids 0 to 65535, unless raw `lxc.idmap` lines say otherwise.",
});

export const keyOfVolumes = diagnosticKind<{ attribute: string }>({
  code: "PHX5106",
  severity: "error",
  title: "attribute of volumes at the root disk",
  message: ({ attribute }) => `the root file system has no \`${attribute}\`: Proxmox knows it for other volumes only`,
  help: "Backups always include the root file system. Leave the attribute out.",
});

export const unknownRawKey = diagnosticKind<{ key: string; why: string; instead: string | undefined }>({
  code: "PHX5107",
  severity: "error",
  title: "raw key that Proxmox does not pass on",
  message: ({ key, why }) => `\`${key}\` has no effect: ${why}`,
  help: ({ instead }) =>
    instead === undefined ? "Leave it out, or write one of the keys that Proxmox takes." : `Write \`${instead}\`.`,
});

export const lxcFindings: readonly DiagnosticKind<never>[] = [
  ctWithoutSource,
  ctWithTwoSources,
  ctWithoutRoot,
  volumeIncomplete,
  ownerNotMapped,
  keyOfVolumes,
  unknownRawKey,
];
