import {
  argOf,
  boolOf,
  diagnose,
  isBroken,
  numberOf,
  sectionsOf,
  settingOf,
  stringOf,
  stringsOf,
} from "../../plugin-api/index.js";
import type { Diagnostic, Resource, Section, Span, Vdev } from "../../plugin-api/index.js";
import {
  diskNotById,
  diskTwice,
  draidTooSmall,
  mixedRedundancy,
  noData,
  poolDisks,
  poolSingle,
  twoForms,
} from "./findings.js";
import { vdevSections } from "./options.js";

/** A part of a pool as declared. */
export interface DeclaredVdev {
  readonly vdev: Vdev;
  /** It may be added to a pool that is there without it. */
  readonly add: boolean;
  readonly at: Span;
}

const LEAST_DISKS: Readonly<Record<string, number>> = {
  ...{ single: 1, mirror: 2, raidz1: 2, raidz2: 3, raidz3: 4 },
  ...{ draid1: 2, draid2: 3, draid3: 4 },
};

/** A partition as `/dev/disk/by-id` names it. */
const PARTITION = /-part[0-9]+$/;

/** The whole disk that a path of `/dev/disk/by-id` is, or is a partition of. */
export function diskOf(path: string): string {
  return path.replace(PARTITION, "");
}

/** Whether two paths share a disk's space: one path, or a disk and a partition of it. Two partitions do not. */
export function isSameDisk(one: string, other: string): boolean {
  return one === other || diskOf(one) === other || one === diskOf(other);
}

/** The parts that a pool is made of, in the order of the command; none of a pool that is only said to be there. */
export function vdevsOf(pool: Resource): {
  readonly vdevs: readonly DeclaredVdev[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const blocks = Object.keys(vdevSections).flatMap((keyword) => sectionsOf(pool, keyword));
  const isPlain = ["disks", "raid"].some((name) => settingOf(pool, name) !== undefined);
  if ([pool, ...blocks].some((section) => isBroken(section, "disks") || isBroken(section, "raid")))
    return { vdevs: [], diagnostics: [] };
  const data = sectionsOf(pool, "vdev")[0];
  if (isPlain && data !== undefined)
    return { vdevs: [], diagnostics: [diagnose(twoForms, data.headSpan, { pool: pool.name })] };
  if (!isPlain && blocks.length === 0) return { vdevs: [], diagnostics: existingFindings(pool) };
  if (!isPlain && data === undefined)
    return { vdevs: [], diagnostics: [diagnose(noData, blocks[0]?.headSpan ?? pool.headSpan, { pool: pool.name })] };
  const parts = [...(isPlain ? [plainPart(pool)] : []), ...blocks.flatMap((block) => blockParts(block))];
  return { vdevs: parts.flatMap(({ made }) => made), diagnostics: partFindings(pool, parts) };
}

/** A pool without disks only has to be there: then something of it is declared. */
function existingFindings(pool: Resource): readonly Diagnostic[] {
  const says = ["options", "properties"].some((keyword) => sectionsOf(pool, keyword).length > 0);
  return says ? [] : [diagnose(poolDisks, pool.headSpan, { pool: pool.name, raid: "single", least: 1, count: 0 })];
}

/** One block of a pool: its disks are one vdev, or one each where nothing joins them. */
interface Part {
  readonly raid: string;
  readonly disks: readonly string[];
  readonly at: Span;
  readonly role: Vdev["role"];
  readonly made: readonly DeclaredVdev[];
  readonly section: Section;
}

function plainPart(pool: Resource): Part {
  const raid = stringOf(pool, "raid") ?? "single";
  return part(pool, "data", raid, settingOf(pool, "disks")?.span ?? pool.headSpan);
}

function blockParts(block: Section): readonly Part[] {
  const role = block.kind === "vdev" ? "data" : (block.kind as Vdev["role"]);
  return [part(block, role, argOf(block, "raid") ?? "single", settingOf(block, "disks")?.span ?? block.headSpan)];
}

function part(section: Section, role: Vdev["role"], raid: string, at: Span): Part {
  const disks = stringsOf(section, "disks");
  const add = boolOf(section, "add") === true;
  const type = raid.startsWith("draid") ? draidType(section, raid, disks.length) : raid;
  const groups = type === "single" ? disks.map((disk) => [disk]) : [disks];
  const made = groups.map((group) => ({
    vdev: { role, type: type === "single" ? "disk" : type, disks: group },
    add,
    at,
  }));
  return { raid, disks, at, role, made, section };
}

/** As `zpool` prints it: `draid2:4d:11c:1s`. */
function draidType(section: Section, raid: string, children: number): string {
  const { data, spares } = geometry(section, raid, children);
  return `${raid}:${data}d:${children}c:${spares}s`;
}

/** The data disks of a group, 8 unless there are fewer (zpoolconcepts(7)). */
function geometry(
  section: Section,
  raid: string,
  children: number,
): { readonly data: number; readonly spares: number; readonly parity: number } {
  const parity = Number(raid.slice(-1));
  const spares = numberOf(section, "spares") ?? 0;
  return { parity, spares, data: numberOf(section, "data") ?? Math.max(1, Math.min(8, children - spares - parity)) };
}

function partFindings(pool: Resource, parts: readonly Part[]): readonly Diagnostic[] {
  const found = parts.flatMap((each) => ownFindings(pool, each));
  const seen: string[] = [];
  const repeated = parts.flatMap(({ disks, at }) =>
    disks.flatMap((disk) => {
      const as = seen.find((other) => isSameDisk(other, disk));
      seen.push(disk);
      return as === undefined ? [] : [diagnose(diskTwice, at, { pool: pool.name, disk, as })];
    }),
  );
  const all = [...found, ...repeated];
  return all.length > 0 ? all : redundancyFindings(pool, parts);
}

function ownFindings(pool: Resource, { raid, disks, at, role, section }: Part): readonly Diagnostic[] {
  const least = LEAST_DISKS[raid] ?? 1;
  const count = disks.length;
  const strange = disks.filter((disk) => !/^\/dev\/disk\/by-id\/[^\s/]+$/.test(disk));
  const found = strange.map((disk) => diagnose(diskNotById, at, { pool: pool.name, disk }));
  if (count < least) return [...found, diagnose(poolDisks, at, { pool: pool.name, raid, least, count })];
  if (raid === "single" && count > 1 && role !== "cache" && role !== "spare")
    return [...found, diagnose(poolSingle, at, { pool: pool.name, count })];
  if (!raid.startsWith("draid")) return found;
  const { data, parity, spares } = geometry(section, raid, count);
  return data + parity + spares <= count
    ? found
    : [...found, diagnose(draidTooSmall, at, { pool: pool.name, data, parity, spares, count })];
}

/** `zpool` refuses data, special and dedup disks that may lose different numbers of disks, unless it is forced, which no plan does. */
function redundancyFindings(pool: Resource, parts: readonly Part[]): readonly Diagnostic[] {
  const bound = parts.filter(({ role }) => role === "data" || role === "special" || role === "dedup");
  const [first, ...others] = bound;
  if (first === undefined) return [];
  const other = others.find((each) => !isAlike(first, each));
  if (other === undefined) return [];
  const word = ({ raid, disks }: Part): string => (raid === "single" ? "single" : `${raid} of ${disks.length}`);
  return [diagnose(mixedRedundancy, other.at, { pool: pool.name, first: word(first), other: word(other) })];
}

function isAlike(a: Part, b: Part): boolean {
  if (a.raid === b.raid) return a.disks.length === b.disks.length;
  // A raidz may stand beside a mirror that loses as many disks.
  return [a, b].some((one) => {
    const other = one === a ? b : a;
    return (
      one.raid === "mirror" && other.raid.startsWith("raidz") && Number(other.raid.slice(-1)) === one.disks.length - 1
    );
  });
}
