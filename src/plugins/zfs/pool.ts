import { argOf, diagnose, numberOf, sectionsOf, settingOf, stringOf } from "../../plugin-api/index.js";
import type { Argv, Diagnostic, Lowered, Requirement, Resource, Step, Vdev } from "../../plugin-api/index.js";
import { makeStep } from "../guest/step.js";
import { delegationSteps } from "./delegation.js";
import { addedWhole, replaceStays, replaceUnknown, reservedPool } from "./findings.js";
import { blockFindings, blockProperties, propertyArguments } from "./properties.js";
import type { Property } from "./properties.js";
import { vdevsOf } from "./vdevs.js";
import type { DeclaredVdev } from "./vdevs.js";

/** Sectors of 4 KiB: right for every present disk, and never to be changed later. */
const DEFAULT_ASHIFT = 12;

/**
 * Makes the pool where it is not there, and only on disks that carry nothing. Of one that is there the properties are set; what
 * it is made of is compared, and changed only where a block asks for it.
 */
export function lowerPool(pool: Resource): Lowered {
  const { vdevs, diagnostics } = vdevsOf(pool);
  const found = [...diagnostics, ...poolFindings(pool, vdevs), ...blockFindings(pool)];
  if (found.length > 0) return { steps: [], requirements: [], diagnostics: found };
  const disks = vdevs.flatMap(({ vdev, at }) => vdev.disks.map((path) => ({ path, at })));
  const delegated = delegationSteps(pool);
  return {
    ...delegated,
    steps: [poolStep(pool, vdevs), ...addSteps(pool, vdevs), ...replaceSteps(pool), ...delegated.steps],
    requirements: disks.map(({ path, at }): Requirement => {
      return { kind: "disk", path, pool: pool.name, blocks: [], source: at };
    }),
  };
}

function poolStep(pool: Resource, vdevs: readonly DeclaredVdev[]): Step {
  const properties = blockProperties(pool, "options").set;
  const root = blockProperties(pool, "properties");
  const ashift = numberOf(pool, "ashift");
  const command: Argv = [
    ...["zpool", "create", "-o", `ashift=${ashift ?? DEFAULT_ASHIFT}`],
    ...propertyArguments("-o", properties),
    ...propertyArguments("-O", root.set),
    pool.name,
    ...vdevs.flatMap(({ vdev }, i) => vdevWords(vdev, vdevs[i - 1]?.vdev)),
  ];
  const step = makeStep(pool, "pool", {
    phase: "host",
    title: `pool ${pool.name}`,
    probe: {
      kind: "pool",
      pool: pool.name,
      vdevs: vdevs.map(({ vdev }) => vdev),
      ...(ashift === undefined ? {} : { ashift }),
      properties,
      rootProperties: root.set,
      ...(root.inherit.length === 0 ? {} : { rootInherit: root.inherit }),
    },
    commands: vdevs.length === 0 ? settingCommands(pool.name, properties, root.set) : [command],
  });
  return { ...step, id: pool.address };
}

/** What is done to a pool without disks of its own in the files: it is only set. */
function settingCommands(pool: string, own: readonly Property[], root: readonly Property[]): readonly Argv[] {
  const pairs = (properties: readonly Property[]): string[] => properties.map(([name, text]) => `${name}=${text}`);
  return [
    ...pairs(own).map((pair): Argv => ["zpool", "set", pair, pool]),
    ...(root.length === 0 ? [] : [["zfs", "set", ...pairs(root), pool]]),
  ];
}

/** A vdev as `zpool` takes it; the word of its role is not said again for the disks that follow. */
function vdevWords({ role, type, disks }: Vdev, before?: Vdev): readonly string[] {
  const isSaid = before?.role === role && type === "disk" && before.type === "disk";
  return [...(role === "data" || isSaid ? [] : [role]), ...(type === "disk" ? [] : [type]), ...disks];
}

function ashiftArguments(pool: Resource): readonly string[] {
  const ashift = numberOf(pool, "ashift");
  return ashift === undefined ? [] : ["-o", `ashift=${ashift}`];
}

function addSteps(pool: Resource, vdevs: readonly DeclaredVdev[]): readonly Step[] {
  return vdevs
    .filter(({ add }) => add)
    .map(({ vdev }) =>
      makeStep(pool, `add.${nameOf(vdev.disks[0] ?? "")}`, {
        phase: "host",
        title: `pool ${pool.name}: add ${vdev.role} ${vdev.type}`,
        probe: { kind: "pool-vdev", pool: pool.name, vdev },
        commands: [["zpool", "add", ...ashiftArguments(pool), pool.name, ...vdevWords(vdev)]],
      }),
    );
}

function replaceSteps(pool: Resource): readonly Step[] {
  return sectionsOf(pool, "replace").flatMap((block) => {
    const [old, by] = [argOf(block, "disk"), stringOf(block, "by")];
    if (old === undefined || by === undefined) return [];
    return [
      makeStep(pool, `replace.${nameOf(old)}`, {
        phase: "host",
        title: `pool ${pool.name}: replace a disk`,
        probe: { kind: "pool-disk", pool: pool.name, old, new: by },
        commands: [["zpool", "replace", ...ashiftArguments(pool), pool.name, old, by]],
        asked: block,
      }),
    ];
  });
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Names that no new pool can have (zpool-create(8)); one that is there under such a name can be used. */
const RESERVED = /^(mirror|raidz|draid|spare|log$)/;

function poolFindings(pool: Resource, vdevs: readonly DeclaredVdev[]): readonly Diagnostic[] {
  const disks = new Set(vdevs.flatMap(({ vdev }) => vdev.disks));
  const replaced = sectionsOf(pool, "replace").flatMap((block) => {
    const [old, by] = [argOf(block, "disk"), stringOf(block, "by")];
    const args = { pool: pool.name };
    const at = settingOf(block, "by")?.span ?? block.headSpan;
    return [
      ...(old !== undefined && disks.has(old) ? [diagnose(replaceStays, block.headSpan, { ...args, disk: old })] : []),
      ...(by !== undefined && !disks.has(by) ? [diagnose(replaceUnknown, at, { ...args, disk: by })] : []),
    ];
  });
  const data = vdevs.filter(({ vdev }) => vdev.role === "data");
  const isAddedWhole = data.length > 0 && data.every(({ add }) => add);
  return [
    ...(vdevs.length > 0 && RESERVED.test(pool.name)
      ? [diagnose(reservedPool, pool.headSpan, { pool: pool.name })]
      : []),
    ...replaced,
    ...(isAddedWhole ? [diagnose(addedWhole, data[0]?.at ?? pool.headSpan, { pool: pool.name })] : []),
  ];
}
