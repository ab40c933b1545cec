import type { Model, Resource, Section } from "../model/resource.js";
import { resourcesOf } from "./guest.js";
import { perModel } from "./per-model.js";
import { argOf, sectionOf, sectionsOf, stringOf, stringsOf } from "./values.js";

/** A Proxmox storage that the files declare, on its own or inside the dataset that it offers. */
export interface DeclaredStorage {
  readonly id: string;
  /** `zfspool`, `dir`, `nfs`, ... */
  readonly type: string;
  readonly content: readonly string[];
  /** Of a storage that keeps files. */
  readonly path: string | undefined;
  /** Of a `zfspool`: the pool or dataset. */
  readonly pool: string | undefined;
  /** The block that declares it: the resource itself, or the block inside a dataset. */
  readonly section: Section;
  /** The storage or dataset resource whose turn makes it. */
  readonly owner: Resource;
}

/**
 * Where a dataset is mounted: as declared, else below its parent as ZFS inherits it, up to the root of the pool; `undefined` when
 * it is not mounted by itself.
 */
export function mountpointOf(model: Model, name: string): string | undefined {
  return inheritedMountpoint(name, (dataset) => {
    const resource = model.resources.get(`dataset.${dataset}`) ?? model.resources.get(`pool.${dataset}`);
    const block = resource && sectionOf(resource, "properties");
    const own = resource?.kind === "dataset" ? stringOf(resource, "mountpoint") : undefined;
    return own ?? (block && stringOf(block, "mountpoint"));
  });
}

/** The same by what is declared of each dataset and of the root of its pool: a path, `none`, `legacy`, or nothing. */
export function inheritedMountpoint(
  name: string,
  declared: (dataset: string) => string | undefined,
): string | undefined {
  const own = declared(name);
  if (own !== undefined) return own.startsWith("/") ? own : undefined;
  const end = name.lastIndexOf("/");
  if (end < 0) return `/${name}`;
  const above = inheritedMountpoint(name.slice(0, end), declared);
  return above === undefined ? undefined : `${above === "/" ? "" : above}${name.slice(end)}`;
}

/** All declared storages in source order. */
export const storages = perModel((model): readonly DeclaredStorage[] =>
  [...model.resources.values()].flatMap((resource) => {
    if (resource.kind === "storage") return [ownStorage(resource)];
    return resource.kind === "dataset" ? datasetStorages(model, resource) : [];
  }),
);

/** The declared storage of an id. */
export function storageById(model: Model, id: string): DeclaredStorage | undefined {
  return byId(model).get(id);
}

/** Of storages of one id the first counts; that there are several is a finding. */
const byId = perModel(
  (model) =>
    new Map(
      storages(model)
        .toReversed()
        .map((storage) => [storage.id, storage]),
    ),
);

function ownStorage(resource: Resource): DeclaredStorage {
  return {
    id: resource.name,
    type: argOf(resource, "type") ?? "",
    content: stringsOf(resource, "content"),
    path: stringOf(resource, "path"),
    pool: stringOf(resource, "pool") ?? stringOf(resource, "dataset"),
    section: resource,
    owner: resource,
  };
}

/** The storages that a dataset offers: a `zfspool` on the dataset, anything else on its mount point. */
export function datasetStorages(model: Model, dataset: Resource): readonly DeclaredStorage[] {
  return sectionsOf(dataset, "storage").map((section) => {
    const type = argOf(section, "type") ?? "";
    const isPool = type === "zfspool";
    return {
      id: stringOf(section, "id") ?? dataset.name.replaceAll("/", "-"),
      type,
      content: stringsOf(section, "content"),
      path: isPool ? undefined : (stringOf(section, "path") ?? mountpointOf(model, dataset.name)),
      pool: isPool ? dataset.name : undefined,
      section,
      owner: dataset,
    };
  });
}

/** The dataset that holds a host path, the deepest one if several do. */
export function datasetOfPath(model: Model, path: string): Resource | undefined {
  const known = byMountpoint(model);
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
    const dataset = known.get(path.slice(0, end));
    if (dataset !== undefined) return dataset;
  }
  return undefined;
}

/** Of datasets with one mount point the first counts. */
const byMountpoint = perModel((model) => {
  const datasets = new Map<string, Resource>();
  for (const dataset of resourcesOf(model, "dataset")) {
    const mountpoint = mountpointOf(model, dataset.name);
    if (mountpoint !== undefined && !datasets.has(mountpoint)) datasets.set(mountpoint, dataset);
  }
  return datasets;
});
