import { diagnose, numberOf, settingOf, stringOf, stringsOf, valueOf } from "../../plugin-api/index.js";
import type { Diagnostic, Lowered, Requirement, Resource } from "../../plugin-api/index.js";
import { makeStep } from "../guest/step.js";
import { poolDisks, poolSingle } from "./findings.js";
import { freeProperties, propertyArguments } from "./properties.js";

/** Sectors of 4 KiB: right for every present disk, and never to be changed later. */
const DEFAULT_ASHIFT = 12;

const LEAST_DISKS: Readonly<Record<string, number>> = { single: 1, mirror: 2, raidz1: 2, raidz2: 3, raidz3: 4 };

/** Makes the pool where it is not there, and only on disks that carry nothing; one that exists is left as it is. */
export function lowerPool(pool: Resource): Lowered {
  const raid = stringOf(pool, "raid") ?? "single";
  const disks = stringsOf(pool, "disks");
  const diagnostics = poolFindings(pool, raid, disks.length);
  if (diagnostics.length > 0) return { steps: [], requirements: [], diagnostics };
  const ashift = String(numberOf(pool, "ashift") ?? DEFAULT_ASHIFT);
  const command = [
    ...["zpool", "create", "-o", `ashift=${ashift}`],
    ...propertyArguments("-o", freeProperties(pool, "options")),
    ...propertyArguments("-O", freeProperties(pool, "properties")),
    pool.name,
    ...(raid === "single" ? [] : [raid]),
    ...disks,
  ];
  const step = makeStep(pool, "pool", {
    phase: "host",
    title: `pool ${pool.name}`,
    probe: { kind: "pool-absent", pool: pool.name, disks },
    commands: [command],
  });
  const source = settingOf(pool, "disks")?.span ?? pool.headSpan;
  const requirements = disks.map((path): Requirement => ({ kind: "disk", path, pool: pool.name, blocks: [], source }));
  return { steps: [{ ...step, id: pool.address }], requirements };
}

function poolFindings(pool: Resource, raid: string, count: number): readonly Diagnostic[] {
  if (settingOf(pool, "disks") !== undefined && valueOf(pool, "disks") === undefined) return [];
  const at = settingOf(pool, "disks")?.span ?? pool.headSpan;
  const least = LEAST_DISKS[raid] ?? 1;
  if (count < least) return [diagnose(poolDisks, at, { pool: pool.name, raid, least, count })];
  return raid === "single" && count > 1 ? [diagnose(poolSingle, at, { pool: pool.name, count })] : [];
}
