import { datasetOfPath, defineKind, definePlugin, mountpointOf } from "../../plugin-api/index.js";
import type { Argv, Model, Resource, RetiredThing, Span, Step } from "../../plugin-api/index.js";
import * as t from "../guest/types.js";
import { leaveThing } from "../guest/retired.js";
import { holdersMadeBy } from "./delegation.js";
import { lowerDataset, lowerZvol } from "./dataset.js";
import { zfsFindings } from "./findings.js";
import {
  datasetArgs,
  datasetOptions,
  datasetSections,
  poolArgs,
  poolOptions,
  poolSections,
  zvolOptions,
  zvolSections,
} from "./options.js";
import { lowerPool } from "./pool.js";
import { zfsRules } from "./rules.js";

const host = { type: t.hostRef, doc: "The host that it belongs to." };

const pool = defineKind({
  keyword: "pool",
  aliases: ["zpool", "zfs_pool"],
  doc: "A ZFS pool. One that is there is compared with its declaration, and its properties are set.",
  args: poolArgs,
  identity: { name: "name" },
  options: { ...poolOptions, host },
  sections: poolSections,
  edges: (resource, model) => holdersMadeBy(resource, model).map((to) => ({ to, reason: "users" })),
  instead: {
    devices: "disks",
    vdevs: "vdev",
    drives: "disks",
    type: "raid",
    level: "raid",
    mode: "raid",
    slog: "log",
    l2arc: "cache",
    spares: "spare",
  },
  lower: lowerPool,
  leave: leavePool,
});

const dataset = defineKind({
  keyword: "dataset",
  aliases: ["zfs", "filesystem", "zfs_dataset", "volume"],
  doc: "A ZFS dataset with its properties, and the Proxmox storages that it offers.",
  args: datasetArgs,
  identity: { name: "name" },
  options: { ...datasetOptions, host },
  sections: datasetSections,
  edges: datasetEdges,
  lower: lowerDataset,
  leave: leaveDataset,
  nameSpace: "dataset",
});

const zvol = defineKind({
  keyword: "zvol",
  aliases: ["zfs_volume"],
  doc: "A ZFS volume: a block device of its own. Disks of guests are declared at the guests.",
  args: datasetArgs,
  identity: { name: "name" },
  options: { ...zvolOptions, host },
  sections: zvolSections,
  instead: { volsize: "size", blocksize: "volblocksize", thin: "sparse" },
  edges: datasetEdges,
  lower: lowerZvol,
  leave: leaveDataset,
  nameSpace: "dataset",
});

/** A property of its root dataset is inherited from nothing, which is ZFS's own default; one of the pool has no such word. */
function leavePool(thing: RetiredThing, source: Span): readonly Step[] {
  return leaveThing(thing, source, {
    whole: ["zpool", "destroy", thing.name],
    option: (name) =>
      name.startsWith("dataset.")
        ? withoutProperty(name.slice("dataset.".length), thing.name)
        : ["zpool", "set", `${name}=VALUE`, thing.name],
  });
}

function leaveDataset(thing: RetiredThing, source: Span): readonly Step[] {
  return leaveThing(thing, source, {
    whole: ["zfs", "destroy", thing.name],
    destroys: true,
    option: (name) => withoutProperty(name, thing.name),
  });
}

/** ZFS inherits no limits: they are set to nothing. */
function withoutProperty(name: string, dataset: string): Argv {
  return /^(ref)?(quota|reservation)$/.test(name)
    ? ["zfs", "set", `${name}=none`, dataset]
    : ["zfs", "inherit", name, dataset];
}

/** The datasets above it, its pool, and the dataset that holds its mount point. */
function datasetEdges(resource: Resource, model: Model): readonly { readonly to: string; readonly reason: string }[] {
  const parts = resource.name.split("/");
  const parents = parts.slice(1, -1).map((_, i) => `dataset.${parts.slice(0, i + 2).join("/")}`);
  const own = [`pool.${parts[0]}`, ...parents].filter((address) => model.resources.has(address));
  const around = datasetOfPath(model, parentPath(resource, model));
  const above = around === undefined || around.address === resource.address ? own : [...own, around.address];
  const all = [...above, ...holdersMadeBy(resource, model)];
  return [...new Set(all)].map((to) => ({ to, reason: "dataset" }));
}

function parentPath(resource: Resource, model: Model): string {
  const mountpoint = mountpointOf(model, resource.name) ?? `/${resource.name}`;
  return mountpoint.slice(0, mountpoint.lastIndexOf("/"));
}

/** ZFS pools, datasets and volumes. */
export const zfsPlugin = definePlugin({
  name: "zfs",
  kinds: [pool, dataset, zvol],
  rules: zfsRules,
  diagnostics: zfsFindings,
});
