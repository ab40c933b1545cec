import { isUnprivileged, sectionOf, stringsOf } from "../../plugin-api/index.js";
import type { GuestMount, Model, Resource } from "../../plugin-api/index.js";

/** The host ids of an unprivileged container begin here, and there are this many; the map never appears in its file. */
const FIRST_HOST_ID = 100_000;
const ID_COUNT = 65_536;

interface IdRange {
  readonly kind: "u" | "g";
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

/**
 * The owner on the host that stands for an owner in the container: the same for a privileged one; shifted by its id map
 * for an unprivileged one. `undefined` when the map has no such id.
 */
export function hostOwner(
  resource: Resource,
  model: Model,
  owner: NonNullable<GuestMount["owner"]>,
): GuestMount["owner"] {
  if (!isUnprivileged(resource, model)) return owner;
  const map = idMap(resource);
  const uid = mapId(map, "u", owner.uid);
  const gid = mapId(map, "g", owner.gid);
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/** The map that raw lines declare (`u 0 100000 65536`), else Proxmox's default. */
function idMap(resource: Resource): readonly IdRange[] {
  const raw = sectionOf(resource, "raw");
  const declared = raw === undefined ? [] : stringsOf(raw, "lxc.idmap").flatMap(readRange);
  if (declared.length > 0) return declared;
  return (["u", "g"] as const).map((kind) => ({ kind, inside: 0, outside: FIRST_HOST_ID, count: ID_COUNT }));
}

function readRange(line: string): readonly IdRange[] {
  const match = /^\s*([ugb])\s+(\d+)\s+(\d+)\s+(\d+)\s*$/.exec(line);
  if (match === null) return [];
  const [inside, outside, count] = [Number(match[2]), Number(match[3]), Number(match[4])];
  const kinds = match[1] === "b" ? (["u", "g"] as const) : match[1] === "u" ? (["u"] as const) : (["g"] as const);
  return kinds.map((kind) => ({ kind, inside, outside, count }));
}

function mapId(map: readonly IdRange[], kind: "u" | "g", id: number): number | undefined {
  const range = map.find((entry) => entry.kind === kind && id >= entry.inside && id < entry.inside + entry.count);
  return range === undefined ? undefined : range.outside + id - range.inside;
}
