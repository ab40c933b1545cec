import type { CapturedPool } from "../model/captured.js";

type Part = CapturedPool["parts"][number];

/** The headings of what is no data, as `zpool status` prints them. */
const ROLES: Readonly<Record<string, Part["role"]>> = {
  ...{ logs: "log", cache: "cache", special: "special", dedup: "dedup", spares: "spare" },
};

/**
 * What each pool is made of, from `zpool status -P`: a tree of two blanks a level, below the pool's own name or a heading. Of a disk that
 * is being replaced the new one counts, of one that a spare stands in for its own.
 */
export function poolParts(status: string): ReadonlyMap<string, readonly Part[]> {
  const pools = new Map<string, Part[]>();
  let parts: Part[] = [];
  let role: Part["role"] | undefined;
  let disks: string[] = [];
  let pair: { readonly depth: number; readonly isReplacing: boolean; count: number } | undefined;
  for (const line of status.split("\n")) {
    const [, pool] = /^ {2}pool: (.+)$/.exec(line) ?? [];
    if (pool !== undefined) pools.set(pool, (parts = []));
    if (pool !== undefined || line.startsWith("errors:")) role = undefined;
    const [, indent = "", name = "", rest = ""] = /^\t( *)(\S+)(.*)$/.exec(line) ?? [];
    if (name === "" || name === "NAME") continue;
    const depth = indent.length / 2;
    if (pair !== undefined && depth <= pair.depth) pair = undefined;
    if (depth === 0) role = ROLES[name] ?? "data";
    else if (role === undefined) continue;
    else if (/^(?:replacing|spare)-\d+$/.test(name)) {
      if (depth === 1) parts.push({ role, type: "disk", disks: (disks = []) });
      pair = { depth, isReplacing: name.startsWith("replacing"), count: 0 };
    } else if (!name.startsWith("/") && !/^\d+$/.test(name)) {
      if (depth === 1 && !name.startsWith("indirect-"))
        parts.push({ role, type: name.replace(/-\d+$/, ""), disks: (disks = []) });
    } else {
      // A disk that is gone is a number, and its path follows.
      const path = wholeDisk(/ was (\/\S+)/.exec(rest)?.[1] ?? name);
      if (pair === undefined && depth === 1) parts.push({ role, type: "disk", disks: [path] });
      else if (pair === undefined || pair.count++ === 0) disks.push(path);
      else if (pair.isReplacing) disks.splice(-1, 1, path);
    }
  }
  return pools;
}

/** Of the partition that ZFS makes on a whole disk, the disk; another partition stays. */
function wholeDisk(path: string): string {
  const known = /^(.*)-part1$|^(.*\/(?:nvme\d+n\d+|mmcblk\d+))p1$|^(.*\/(?:s|v|xv|h)d[a-z]+)1$/.exec(path);
  return known?.[1] ?? known?.[2] ?? known?.[3] ?? path;
}
