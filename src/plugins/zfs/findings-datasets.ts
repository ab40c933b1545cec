import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

export const recursiveSnapshots = diagnosticKind<{ dataset: string }>({
  code: "PHX5413",
  severity: "warning",
  title: "recursive snapshots of guests' disks",
  message: ({ dataset }) =>
    `the recursive snapshots of ${dataset} include disks of guests, which then cannot be rolled back to an older snapshot of their own`,
  help: "Leave `recursive` out, or back the guests up instead: ZFS rolls back only to the newest snapshot.",
});

export const keyMissing = diagnosticKind<{ dataset: string }>({
  code: "PHX5414",
  severity: "error",
  title: "encrypted dataset without a key",
  message: ({ dataset }) => `the dataset ${dataset} has a cipher and no key`,
  help: "Add `key { from = secret(...) }`, or leave `encryption` out: it is inherited from an encrypted dataset above.",
});

export const keyNotAtBoot = diagnosticKind<{ dataset: string }>({
  code: "PHX5415",
  severity: "note",
  title: "key that is not there when the host starts",
  message: ({ dataset }) =>
    `the key of ${dataset} is loaded by a run of the plan, not when the host starts: it is in no plain file of the host`,
  help: 'With `secret("file:/path")` a unit loads it before datasets are mounted.',
});

export const datasetFindings: readonly DiagnosticKind<never>[] = [recursiveSnapshots, keyMissing, keyNotAtBoot];
