import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";
import { datasetFindings } from "./findings-datasets.js";
import { ruleFindings } from "./findings-rules.js";

/** Findings about ZFS: PHX5401 to PHX5499. */

export const poolDisks = diagnosticKind<{ pool: string; raid: string; least: number; count: number }>({
  code: "PHX5401",
  severity: "error",
  title: "pool with too few disks",
  message: ({ pool, raid, least, count }) =>
    `the pool ${pool} is \`${raid}\`, which takes at least ${least} disk${least === 1 ? "" : "s"}, and has ${count}`,
  help: "Add the disks, or choose a level that fits them. A pool that exists already needs no `pool` block.",
});

export const poolSingle = diagnosticKind<{ pool: string; count: number }>({
  code: "PHX5402",
  severity: "error",
  title: "single pool with several disks",
  message: ({ pool, count }) =>
    `the pool ${pool} is \`single\` and has ${count} disks: losing one would lose everything`,
  help: "Choose `mirror` or a raidz level.",
});

export const diskNotById = diagnosticKind<{ pool: string; disk: string }>({
  code: "PHX5403",
  severity: "error",
  title: "disk by a path that may change",
  message: ({ pool, disk }) => `the pool ${pool} names the disk ${disk}, which may be another one after a restart`,
  help: "Name it as `/dev/disk/by-id/...`; `ls -l /dev/disk/by-id` on the host shows which is which.",
});

export const diskTwice = diagnosticKind<{ pool: string; disk: string; as: string }>({
  code: "PHX5404",
  severity: "error",
  title: "disk twice in a pool",
  message: ({ pool, disk, as }) =>
    `the pool ${pool} has the disk ${disk} twice${disk === as ? "" : `: ${as} is on the same disk`}`,
  help: "A disk is in one block only, either whole or by partitions of it.",
});

export const mixedRedundancy = diagnosticKind<{ pool: string; first: string; other: string }>({
  code: "PHX5405",
  severity: "error",
  title: "parts of a pool that lose different numbers of disks",
  message: ({ pool, first, other }) =>
    `the pool ${pool} is made of ${first} and of ${other}, which \`zpool\` refuses unless it is forced; no plan forces it`,
  help: "Give `vdev`, `special` and `dedup` blocks the same redundancy: the pool is lost with the weakest of them.",
});

export const twoForms = diagnosticKind<{ pool: string }>({
  code: "PHX5406",
  severity: "error",
  title: "pool with both forms of disks",
  message: ({ pool }) => `the pool ${pool} has \`raid\` or \`disks\` of its own, and a \`vdev\` block`,
  help: "Write them as a `vdev` block, too.",
});

export const noData = diagnosticKind<{ pool: string }>({
  code: "PHX5407",
  severity: "error",
  title: "pool without disks for data",
  message: ({ pool }) => `the pool ${pool} names disks, but none for data`,
  help: "Give it `raid` and `disks`, or a `vdev` block.",
});

export const draidTooSmall = diagnosticKind<{
  pool: string;
  data: number;
  parity: number;
  spares: number;
  count: number;
}>({
  code: "PHX5408",
  severity: "error",
  title: "draid with too few disks",
  message: ({ pool, data, parity, spares, count }) =>
    `a group of ${data} data and ${parity} parity disks and ${spares} spare${spares === 1 ? "" : "s"} do not fit into the ${count} disks of the draid in the pool ${pool}`,
  help: "Lower `data` or `spares`, or add disks.",
});

export const replaceStays = diagnosticKind<{ pool: string; disk: string }>({
  code: "PHX5409",
  severity: "error",
  title: "replaced disk that is still declared",
  message: ({ pool, disk }) => `the pool ${pool} is to replace the disk ${disk}, which it still declares`,
  help: "Write the new disk in its place among the pool's disks.",
});

export const replaceUnknown = diagnosticKind<{ pool: string; disk: string }>({
  code: "PHX5410",
  severity: "error",
  title: "replacement that the pool does not declare",
  message: ({ pool, disk }) => `the disk ${disk} is to become part of the pool ${pool}, which does not declare it`,
  help: "Write it among the pool's disks, in the place of the one that goes.",
});

export const addedWhole = diagnosticKind<{ pool: string }>({
  code: "PHX5411",
  severity: "error",
  title: "pool that is only added to",
  message: ({ pool }) =>
    `every \`vdev\` block of the pool ${pool} has \`add = true\`; then nothing is left that the pool is`,
  help: "Leave `add` out of the blocks that the pool has, and keep it for the one that is new.",
});

export const reservedPool = diagnosticKind<{ pool: string }>({
  code: "PHX5420",
  severity: "error",
  title: "pool with a reserved name",
  message: ({ pool }) => `no pool can be made with the name ${pool}, which \`zpool\` keeps for itself`,
  help: "Names that begin with `mirror`, `raidz`, `draid` or `spare`, and `log`, are reserved. Choose another one.",
});

export const zfsFindings: readonly DiagnosticKind<never>[] = [
  poolDisks,
  poolSingle,
  diskNotById,
  diskTwice,
  mixedRedundancy,
  twoForms,
  noData,
  draidTooSmall,
  replaceStays,
  replaceUnknown,
  addedWhole,
  ...datasetFindings,
  reservedPool,
  ...ruleFindings,
];
