import {
  defineRule,
  diagnose,
  mountpointOf,
  refOf,
  resourcesOf,
  sectionOf,
  settingOf,
  storageTypes,
  storages,
  stringOf,
} from "../../plugin-api/index.js";
import type { Diagnostic, Model, Resource, Rule, Setting, Span } from "../../plugin-api/index.js";
import { diskInTwoPools, oneMountPoint, systemMountPoint } from "./findings-rules.js";
import { diskOf, isSameDisk, vdevsOf } from "./vdevs.js";

/** A disk that a pool names. */
interface NamedDisk {
  readonly pool: Resource;
  readonly path: string;
  readonly at: Span;
}

/** No disk is in two pools of one host, neither whole nor by a partition of it. */
const poolDisks = defineRule({
  name: "zfs/disk-in-two-pools",
  check(model, report) {
    const named = new Map<string, NamedDisk[]>();
    for (const pool of resourcesOf(model, "pool")) {
      for (const { vdev, at } of vdevsOf(pool).vdevs) {
        for (const path of vdev.disks) {
          const key = `${hostOf(pool, model)} ${diskOf(path)}`;
          const others = named.get(key) ?? [];
          const other = others.find((each) => each.pool !== pool && isSameDisk(each.path, path));
          if (other !== undefined) report(twoPools(other, { pool, path, at }));
          named.set(key, [...others, { pool, path, at }]);
        }
      }
    }
  },
});

function twoPools(first: NamedDisk, second: NamedDisk): Diagnostic {
  const args = { disk: second.path, as: first.path, first: first.pool.name, second: second.pool.name };
  const related = [{ span: first.at, message: `the pool ${first.pool.name}` }];
  return diagnose(diskInTwoPools, second.at, args, { related });
}

/** A dataset, the root dataset of a pool, or a storage that is mounted by itself. */
interface Mounted {
  readonly name: string;
  readonly path: string;
  readonly at: Span;
}

/** Each mounted dataset has a place of its own, and none is a directory that the host lives in. */
const mountPoints = defineRule({
  name: "zfs/mount-points",
  check(model, report) {
    const first = new Map<string, Mounted>();
    for (const storage of storages(model)) {
      if (storageTypes[storage.type]?.mounted !== true) continue;
      const path = withoutSlashes(storage.path ?? `/mnt/pve/${storage.id}`);
      const key = `${hostOf(storage.owner, model)} ${path}`;
      first.set(key, { name: `the storage ${storage.id}`, path, at: storage.section.headSpan });
    }
    for (const resource of [...resourcesOf(model, "pool"), ...resourcesOf(model, "dataset")]) {
      const mounted = mountedOf(resource, model);
      if (mounted === undefined) continue;
      const { name, path, at } = mounted;
      if (isOfSystem(path) && !BOOTED.test(name)) report(diagnose(systemMountPoint, at, { dataset: name, path }));
      const key = `${hostOf(resource, model)} ${path}`;
      const other = first.get(key);
      if (other === undefined) first.set(key, mounted);
      else {
        const related = [{ span: other.at, message: `${other.name} is mounted there` }];
        report(diagnose(oneMountPoint, at, { first: other.name, second: name, path }, { related }));
      }
    }
  },
});

/** Directories of the host that hide what it runs on when something is mounted over them. */
const SYSTEM: ReadonlySet<string> = new Set([
  ...["/", "/bin", "/boot", "/etc", "/lib", "/lib64", "/run", "/sbin", "/usr", "/var", "/var/lib"],
  // The data of the cluster's configuration, and what scripts remember of their runs.
  ...["/var/lib/pve-cluster", "/var/lib/phxc"],
]);

/** File systems of the kernel and of Proxmox: nothing can be mounted in them that is there before they are. */
const FOREIGN = /^\/(dev|proc|sys|etc\/pve)(\/|$)/;

/** Systems that are booted from, and their boot partitions, are where a system is by right. */
const BOOTED = /\/(ROOT|BOOT)(\/|$)/;

function isOfSystem(path: string): boolean {
  return SYSTEM.has(path) || FOREIGN.test(path);
}

function mountedOf(resource: Resource, model: Model): Mounted | undefined {
  const { name } = resource;
  if ((propertyOf(resource, "canmount") ?? "on") !== "on") return undefined;
  const path = mountpointOf(model, name);
  if (path === undefined) return undefined;
  return { name, path: withoutSlashes(path), at: settingNamed(resource, "mountpoint")?.span ?? resource.headSpan };
}

function withoutSlashes(path: string): string {
  const single = path.replace(/\/{2,}/g, "/");
  return single.length > 1 ? single.replace(/\/$/, "") : single;
}

function propertyOf(resource: Resource, name: string): string | undefined {
  const block = sectionOf(resource, "properties");
  return stringOf(resource, name) ?? (block && stringOf(block, name));
}

function settingNamed(resource: Resource, name: string): Setting | undefined {
  const block = sectionOf(resource, "properties");
  return settingOf(resource, name) ?? (block && settingOf(block, name));
}

/** The host that it is on, or that its pool is; empty where the files name none. */
function hostOf(resource: Resource, model: Model): string {
  const pool = model.resources.get(`pool.${resource.name.replace(/\/.*/, "")}`);
  return refOf(resource, "host") ?? (pool && refOf(pool, "host")) ?? "";
}

/** The rules about pools and datasets as a whole. */
export const zfsRules: readonly Rule[] = [poolDisks, mountPoints];
