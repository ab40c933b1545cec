import type { RetiredThing, Span, Step } from "../../plugin-api/index.js";
import { devicesPart } from "./devices.js";
import { arcPart } from "./arc.js";
import { accessPart } from "./access.js";
import { leaveFile } from "./files.js";
import { interfacesPart } from "./interfaces.js";
import { kernelPart } from "./kernel.js";
import { leftPart } from "./left.js";
import { namesPart } from "./names.js";
import { packagesPart } from "./packages.js";
import type { HostPart } from "./part.js";
import { resolverPart } from "./resolver.js";
import { leaveAllowed } from "../zfs/leave-allowed.js";
import { sambaPart } from "../shares/samba.js";
import { timezonePart } from "./timezone.js";
import { usersPart } from "./users.js";

/** The parts of a host, in the order of their steps. */
export const hostParts: readonly HostPart[] = [
  { leave: leaveFile },
  { leave: leaveAllowed },
  leftPart,
  packagesPart,
  timezonePart,
  usersPart,
  accessPart,
  kernelPart,
  arcPart,
  interfacesPart,
  devicesPart,
  resolverPart,
  sambaPart,
  namesPart,
];

/** What all parts add to the block. */
export function joinedParts(): Required<Omit<HostPart, "lower" | "leave">> {
  return {
    options: Object.assign({}, ...hostParts.map(({ options }) => options)) as HostPart["options"] & object,
    sections: Object.assign({}, ...hostParts.map(({ sections }) => sections)) as HostPart["sections"] & object,
    instead: Object.assign({}, ...hostParts.map(({ instead }) => instead)) as HostPart["instead"] & object,
    diagnostics: hostParts.flatMap(({ diagnostics = [] }) => diagnostics),
  };
}

/** The steps for a thing that a host's block made and no file declares any more. */
export function leaveHost(thing: RetiredThing, source: Span): readonly Step[] {
  return hostParts.flatMap(({ leave }) => leave?.(thing, source) ?? []);
}
