import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

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

export const zfsFindings: readonly DiagnosticKind<never>[] = [poolDisks, poolSingle];
