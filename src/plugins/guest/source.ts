import {
  cloneSource,
  disks,
  guestRef,
  isTemplate,
  rootDisk,
  snapshotsOf,
  storageById,
} from "../../plugin-api/index.js";
import type { CloneSource, Model, Requirement, Resource, Section, Step } from "../../plugin-api/index.js";
import { startsOnce } from "./lifecycle.js";
import { makeStep, toolOf } from "./step.js";

/** The storage of a guest's root disk: as declared, else that of the guest that it is cloned from. */
export function rootStorage(resource: Resource, model: Model): string | undefined {
  const seen = new Set<string>();
  let current: Resource | undefined = resource;
  while (current !== undefined && !seen.has(current.address)) {
    seen.add(current.address);
    const storage = rootDisk(current)?.storage;
    if (storage !== undefined) return storage;
    current = cloneSource(current, model)?.resource;
  }
  return undefined;
}

/**
 * Whether a clone is full. As declared; else linked exactly when the source is a template and the declared storage does
 * not differ from the source's: Proxmox links only to templates, and a linked clone stays on its source's storage.
 */
export function isFullClone(resource: Resource, source: CloneSource, model: Model): boolean {
  if (!isTemplate(source.resource)) return true;
  if (source.mode !== undefined) return source.mode === "full";
  const own = rootDisk(resource)?.storage;
  const theirs = rootStorage(source.resource, model);
  return own !== undefined && theirs !== undefined && own !== theirs;
}

/** The options of a clone command that follow the ids and the name. */
function cloneOptions(resource: Resource, source: CloneSource, model: Model): readonly string[] {
  const storage = rootDisk(resource)?.storage;
  const isFull = isFullClone(resource, source, model);
  return [
    ...(source.snapshot === undefined ? [] : ["--snapname", source.snapshot]),
    ...(isFull ? ["--full", "1"] : []),
    // A linked clone takes no storage: it stays beside its base.
    ...(isFull && storage !== undefined ? ["--storage", storage] : []),
  ];
}

/** The storages on which a clone makes volumes: the one that it is sent to, else those of all disks of its source. */
function cloneStorages(resource: Resource, source: CloneSource, model: Model): readonly string[] {
  const own = rootDisk(resource)?.storage;
  if (own !== undefined && isFullClone(resource, source, model)) return [own];
  const root = rootStorage(source.resource, model);
  const all = [root, ...disks(source.resource).map((disk) => disk.storage)].filter((id) => id !== undefined);
  return [...new Set(all)];
}

/** What the source must have when the plan does not make it: the snapshot that is cloned. */
function cloneRequirements(source: CloneSource): readonly Requirement[] {
  const { snapshot } = source;
  if (snapshot === undefined || snapshotsOf(source.resource).some(({ name }) => name === snapshot)) return [];
  return [{ kind: "snapshot", guest: guestRef(source.resource), snapshot, blocks: [], source: source.span }];
}

/** The storages that are used and that no file declares: they must be on the host already. */
export function storageRequirements(
  uses: readonly { readonly storage: string | undefined; readonly content: string; readonly section: Section }[],
  model: Model,
): readonly Requirement[] {
  return uses.flatMap(({ storage, content, section }) => {
    if (storage === undefined || storageById(model, storage) !== undefined) return [];
    return [{ kind: "storage", storage, content, blocks: [], source: section.headSpan }];
  });
}

/** The step that clones the guest, with what it is cloned from; undefined where that is not known. */
export function cloneStep(
  resource: Resource,
  model: Model,
): { readonly step: Step; readonly source: CloneSource; readonly requirements: readonly Requirement[] } | undefined {
  const source = cloneSource(resource, model);
  if (source === undefined) return undefined;
  const guest = guestRef(resource);
  const from = guestRef(source.resource);
  const name = guest.kind === "vm" ? "--name" : "--hostname";
  const options = cloneOptions(resource, source, model);
  const storages = cloneStorages(resource, source, model);
  const step = makeStep(resource, "create", {
    phase: "define",
    probe: { kind: "guest-absent", guest, source: from, storages, firstStart: startsOnce(resource) },
    commands: [[toolOf(guest), "clone", String(from.id), String(guest.id), name, guest.name, ...options]],
  });
  return { step, source, requirements: cloneRequirements(source) };
}
