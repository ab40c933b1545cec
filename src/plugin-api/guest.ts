import type { GuestKind, GuestRef } from "../model/plan.js";
import type { Address, Model, Resource, Section } from "../model/resource.js";
import type { Span } from "../text/source.js";
import { nets } from "./nets.js";
import { ofResource, perModel } from "./per-model.js";
import {
  argOf,
  boolOf,
  durationOf,
  listOf,
  numberOf,
  refOf,
  refsOf,
  sectionOf,
  sectionsOf,
  settingOf,
  sizeOf,
  stringOf,
  stringsOf,
  valueOf,
} from "./values.js";

/**
 * A read-only view of virtual machines and containers, shared by the kinds that lower them and the rules that judge them,
 * so that both mean the same by "the address of a guest". A field is `undefined` when no file says it.
 */

/** A disk of a virtual machine, or the root file system or a volume of a container. */
export interface GuestDisk {
  readonly section: Section;
  readonly name: string;
  /** The disk that the guest boots from: named `root`, else the first that is not mounted somewhere. */
  readonly root: boolean;
  /** `scsi0`, `rootfs`, `mp1`; containers find volumes by `at`, not by number. */
  readonly slot: string;
  /** In bytes. */
  readonly size: number | undefined;
  /** The storage's id. */
  readonly storage: string | undefined;
  /** Where a container mounts the volume. */
  readonly at: string | undefined;
}

/** A host directory that a container mounts. */
export interface GuestMount {
  readonly section: Section;
  readonly slot: string;
  readonly hostPath: string;
  readonly at: string;
  /** Inside the container. */
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  readonly readonly: boolean | undefined;
  readonly backup: boolean | undefined;
}

/** A host device that a container may use. */
export interface GuestDevice {
  readonly section: Section | undefined;
  readonly path: string;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly mode: string | undefined;
}

/** Where a guest is cloned from. */
export interface CloneSource {
  readonly address: Address;
  readonly resource: Resource;
  readonly snapshot: string | undefined;
  readonly mode: "linked" | "full" | undefined;
  readonly span: Span;
}

/** Start at boot, and in which order; times in whole seconds. */
export interface Boot {
  readonly section: Section;
  readonly start: boolean | undefined;
  readonly order: number | undefined;
  readonly up: number | undefined;
  readonly down: number | undefined;
}

const GUEST_KINDS: readonly string[] = ["vm", "ct"] satisfies readonly GuestKind[];

/** Whether a resource is a virtual machine or a container. */
export function isGuest(resource: Resource): boolean {
  return GUEST_KINDS.includes(resource.kind);
}

/** All guests, in source order. */
export const guests = perModel((model): readonly Resource[] => [...model.resources.values()].filter(isGuest));

/** All resources of one kind, in source order. */
export function resourcesOf(model: Model, kind: string): readonly Resource[] {
  return byKind(model).get(kind) ?? [];
}

const byKind = perModel((model) => {
  const kinds = new Map<string, Resource[]>();
  for (const resource of model.resources.values()) {
    const same = kinds.get(resource.kind);
    if (same === undefined) kinds.set(resource.kind, [resource]);
    else same.push(resource);
  }
  return kinds;
});

/** A guest as steps name it. */
export function guestRef(resource: Resource): GuestRef {
  return { kind: resource.kind === "vm" ? "vm" : "ct", id: resource.id ?? 0, name: resource.name };
}

/** The disks of a guest in source order, each with its slot. */
export const disks = ofResource(readDisks);

function readDisks(resource: Resource): readonly GuestDisk[] {
  const sections = sectionsOf(resource, "disk");
  const root = rootSection(sections);
  const known = (section: Section): string | undefined => stringOf(section, "slot") ?? section.slot;
  const taken = new Set([...sections.map(known), ...(resource.reserved ?? [])]);
  if (root !== undefined && resource.kind === "vm") taken.add(known(root) ?? "scsi0");
  let next = 0;
  const nextFree = (): string => {
    while (taken.has(`scsi${next}`)) next++;
    return `scsi${next++}`;
  };
  const slotOf = (section: Section): string => {
    if (resource.kind === "ct") return section === root ? "rootfs" : mountSlot(resource, section);
    return known(section) ?? (section === root ? "scsi0" : nextFree());
  };
  return sections.map((section) => ({
    section,
    name: argOf(section, "name") ?? "",
    root: section === root,
    slot: slotOf(section),
    size: sizeOf(section, "size"),
    storage: stringOf(section, "storage"),
    at: stringOf(section, "at"),
  }));
}

function rootSection(sections: readonly Section[]): Section | undefined {
  return (
    sections.find((section) => argOf(section, "name") === "root") ??
    sections.find((section) => settingOf(section, "at") === undefined)
  );
}

/** The disk that the guest boots from, if it is declared. */
export function rootDisk(resource: Resource): GuestDisk | undefined {
  return disks(resource).find((disk) => disk.root);
}

/** Volumes and host directories of a container count together, in source order: `mp0`, `mp1`, ... */
function mountSlot(resource: Resource, section: Section): string {
  const root = rootSection(sectionsOf(resource, "disk"));
  const mounted = resource.sections.filter(
    (inner) => inner !== root && (inner.kind === "mount" || inner.kind === "disk"),
  );
  return `mp${mounted.indexOf(section)}`;
}

/** The host directories that a container mounts, in order. */
export const mounts = ofResource(readMounts);

function readMounts(resource: Resource): readonly GuestMount[] {
  return sectionsOf(resource, "mount").map((section) => ({
    section,
    slot: mountSlot(resource, section),
    hostPath: argOf(section, "path") ?? "",
    at: stringOf(section, "at") ?? "",
    owner: ownerOf(stringOf(section, "owner")),
    readonly: boolOf(section, "readonly"),
    backup: boolOf(section, "backup"),
  }));
}

/** Owners that every Linux system has under the same numbers. */
const OWNERS: Readonly<Record<string, GuestMount["owner"]>> = {
  root: { uid: 0, gid: 0 },
  nobody: { uid: 65_534, gid: 65_534 },
};

function ownerOf(text: string | undefined): GuestMount["owner"] {
  const named = text === undefined ? undefined : OWNERS[text];
  if (named !== undefined) return named;
  const match = text === undefined ? null : /^(\d+):(\d+)$/.exec(text);
  return match === null ? undefined : { uid: Number(match[1]), gid: Number(match[2]) };
}

/** The NVIDIA devices of a container by number: an exact set when the files say anything, `undefined` when not. */
export function gpus(resource: Resource): readonly number[] | undefined {
  if (valueOf(resource, "gpus") === undefined) return undefined;
  return listOf(resource, "gpus").flatMap((value) => (value.type === "number" ? [value.value] : []));
}

/**
 * The host's device files behind a set of GPUs: one each, and the three that every user of the driver needs.
 */
export function gpuDevicePaths(numbers: readonly number[]): readonly string[] {
  if (numbers.length === 0) return [];
  const shared = ["/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools"];
  return [...numbers.map((number) => `/dev/nvidia${number}`), ...shared];
}

/** The devices of a container: those of its GPUs, then its `device` blocks; `undefined` when the files say nothing. */
export function devices(resource: Resource): readonly GuestDevice[] | undefined {
  const numbers = gpus(resource);
  const sections = sectionsOf(resource, "device");
  if (numbers === undefined && sections.length === 0) return undefined;
  const ofGpus = gpuDevicePaths(numbers ?? []).map((path) => ({
    section: undefined,
    path,
    uid: undefined,
    gid: undefined,
    mode: undefined,
  }));
  const declared = sections.map((section) => ({
    section,
    path: argOf(section, "path") ?? "",
    uid: numberOf(section, "uid"),
    gid: numberOf(section, "gid"),
    mode: stringOf(section, "mode"),
  }));
  return [...ofGpus, ...declared];
}

/** The `boot` block of a guest. */
export const bootOf = ofResource(readBoot);

function readBoot(resource: Resource): Boot | undefined {
  const section = sectionOf(resource, "boot");
  if (section === undefined) return undefined;
  const seconds = (name: string): number | undefined => {
    const milliseconds = durationOf(section, name);
    return milliseconds === undefined ? undefined : Math.round(milliseconds / 1000);
  };
  return {
    section,
    start: boolOf(section, "start"),
    order: numberOf(section, "order"),
    up: seconds("delay"),
    down: seconds("down_delay"),
  };
}

/** When a lifecycle snapshot is taken: before the guest's first start, when its features are installed, or after all else. */
export const SNAPSHOT_MOMENTS = ["configured", "installed", "finished"] as const;
export type SnapshotMoment = (typeof SNAPSHOT_MOMENTS)[number];

/** A lifecycle snapshot, with the block that asks for it. */
export interface GuestSnapshot {
  readonly section: Section;
  readonly name: string;
  readonly moment: SnapshotMoment;
  /** How many are kept of a series; without it there is one. */
  readonly keep: number | undefined;
}

/** The moments that names of the lifecycle stand for. */
const MOMENTS: Readonly<Record<string, SnapshotMoment>> = {
  "pre-features": "configured",
  "post-features": "installed",
  "pre-configured": "installed",
};

/** The lifecycle snapshots of a guest, in source order. */
export function snapshotsOf(resource: Resource): readonly GuestSnapshot[] {
  return sectionsOf(resource, "snapshot").flatMap((section) => {
    const name = argOf(section, "name");
    if (name === undefined) return [];
    const said = stringOf(section, "moment");
    const moment = SNAPSHOT_MOMENTS.find((each) => each === said) ?? MOMENTS[name] ?? "finished";
    return [{ section, name, moment, keep: numberOf(section, "keep") }];
  });
}

/** What a plan remembers a snapshot by: its name, or of a series `NAME-*`. */
export function snapshotKey({ name, keep }: GuestSnapshot): string {
  return keep === undefined ? name : `${name}-*`;
}

/** What the guest is cloned from, if its source is declared. */
export function cloneSource(resource: Resource, model: Model): CloneSource | undefined {
  const setting = settingOf(resource, "clone");
  const address = refOf(resource, "clone");
  const source = address === undefined ? undefined : model.resources.get(address);
  if (setting === undefined || address === undefined || source === undefined) return undefined;
  const mode = stringOf(resource, "clone_mode");
  return {
    address,
    resource: source,
    snapshot: stringOf(resource, "clone_snapshot"),
    mode: mode === "full" || mode === "linked" ? mode : undefined,
    span: setting.span,
  };
}

/** Whether the guest is, or becomes, a template: never started, never snapshotted. */
export function isTemplate(resource: Resource): boolean {
  return boolOf(resource, "template") === true;
}

/**
 * Whether a container is unprivileged: as declared, else as the guest that it is cloned from, else Proxmox's default for
 * new containers, which is yes.
 */
export function isUnprivileged(resource: Resource, model: Model): boolean {
  const seen = new Set<Address>();
  let current: Resource | undefined = resource;
  while (current !== undefined && !seen.has(current.address)) {
    seen.add(current.address);
    const declared = boolOf(current, "unprivileged");
    if (declared !== undefined) return declared;
    current = cloneSource(current, model)?.resource;
  }
  return true;
}

/** The resources named in `needs`, in order. */
export function needsOf(resource: Resource): readonly Address[] {
  return refsOf(resource, "needs");
}

/** The name servers and the search domain of a guest: its own, else those of its first network that has any. */
export function resolverOf(
  resource: Resource,
  model: Model,
): { readonly nameservers: readonly string[]; readonly search: string | undefined } {
  const networks = nets(resource, model).flatMap((net) => (net.network === undefined ? [] : [net.network]));
  const inherited = networks.map((network) => stringsOf(network, "dns")).find((servers) => servers.length > 0);
  const own = settingOf(resource, "nameservers") === undefined ? (inherited ?? []) : stringsOf(resource, "nameservers");
  const domain = networks.map((network) => stringOf(network, "search")).find((text) => text !== undefined);
  const search = settingOf(resource, "search") === undefined ? domain : stringOf(resource, "search");
  return { nameservers: own, search };
}
