import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings about making virtual machines: PHX5201 to PHX5299. */

export const vmRootWithoutStorage = diagnosticKind<{ guest: string }>({
  code: "PHX5201",
  severity: "error",
  title: "virtual machine without a place for its root disk",
  message: ({ guest }) => `${guest} is made from an image, and its root disk has no storage`,
  help: "Add `disk root { size = 32GiB, storage = ... }`.",
});

export const vmDiskIncomplete = diagnosticKind<{ disk: string; missing: string }>({
  code: "PHX5202",
  severity: "error",
  title: "virtual disk that cannot be made",
  message: ({ disk, missing }) => `the disk ${disk} has no ${missing}`,
  help: "A disk that is not part of an image or a clone says `size` and `storage`.",
});

export const vmWithTwoSources = diagnosticKind<{ guest: string }>({
  code: "PHX5203",
  severity: "error",
  title: "virtual machine with two sources",
  message: ({ guest }) => `${guest} says both \`image\` and \`clone\``,
  help: "Keep one of them.",
});

export const sameSlot = diagnosticKind<{ slot: string }>({
  code: "PHX5204",
  severity: "error",
  title: "two disks in one slot",
  message: ({ slot }) => `${slot} is taken by another disk of this guest`,
  help: "Give each disk a slot of its own, or leave `slot` out.",
});

export const cloudInitMissing = diagnosticKind<{ guest: string; source: string }>({
  code: "PHX5205",
  severity: "warning",
  title: "cloud-init settings without a cloud-init drive",
  message: ({ guest, source }) =>
    `${guest} declares cloud-init settings, but ${source}, which it is cloned from, has no cloud-init drive`,
  help: "Add `cloud_init { }` to the guest that is cloned.",
});

export const keyOfOtherBus = diagnosticKind<{ disk: string; attribute: string; bus: string }>({
  code: "PHX5206",
  severity: "error",
  title: "disk attribute that its bus does not have",
  message: ({ disk, attribute, bus }) => `\`${attribute}\` of the disk ${disk} does not exist for disks on ${bus}`,
  help: "Leave it out, or attach the disk to `scsi`, which has all of them.",
});

export const vmFindings: readonly DiagnosticKind<never>[] = [
  vmRootWithoutStorage,
  vmDiskIncomplete,
  vmWithTwoSources,
  sameSlot,
  cloudInitMissing,
  keyOfOtherBus,
];
