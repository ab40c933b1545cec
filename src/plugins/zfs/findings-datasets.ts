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

export const holderName = diagnosticKind<{ dataset: string; holder: string; isNamed: boolean }>({
  code: "PHX5416",
  severity: "error",
  title: "holder of permissions without a name, or with one",
  message: ({ dataset, holder, isNamed }) =>
    isNamed
      ? `the permissions on ${dataset} are for a ${holder} without a name`
      : `the permissions on ${dataset} are for \`${holder}\`, which has no name`,
  help: "Write `allow user NAME`, `allow group NAME`, `allow everyone` or `allow creator`.",
});

export const scopeOfNone = diagnosticKind<{ dataset: string }>({
  code: "PHX5417",
  severity: "error",
  title: "scope of permissions that have none",
  message: ({ dataset }) =>
    `what the creator of a dataset below ${dataset} may do holds on that dataset, whatever the scope`,
  help: "Leave `scope` out.",
});

export const blockSize = diagnosticKind<{ dataset: string; property: string }>({
  code: "PHX5418",
  severity: "error",
  title: "block size that is no power of two",
  message: ({ dataset, property }) => `the \`${property}\` of ${dataset} is no power of two, which ZFS refuses`,
  help: "Sizes are 512, 1K, 2K, 4K, ... up to 16M; a recordsize of 128K and a volblocksize of 16K are the defaults.",
});

export const keyOfNone = diagnosticKind<{ dataset: string }>({
  code: "PHX5419",
  severity: "error",
  title: "key of a dataset that is not encrypted",
  message: ({ dataset }) => `the dataset ${dataset} has a key and \`encryption = off\`, which ZFS refuses`,
  help: "Leave `encryption` out, which stands for `on`, or name a cipher; without encryption remove the key.",
});

export const datasetFindings: readonly DiagnosticKind<never>[] = [
  recursiveSnapshots,
  keyMissing,
  keyNotAtBoot,
  holderName,
  scopeOfNone,
  blockSize,
  keyOfNone,
];
