import { defineRule, diagnose, mountpointOf, resourcesOf } from "../../../plugin-api/index.js";
import { argPlaceOf, factsOf } from "../facts.js";
import { hostPathOffDataset } from "../findings/resources.js";

/** Where Proxmox mounts storages of its own making; ZFS datasets are not mounted there by themselves. */
const PVE_MOUNTS = "/mnt/pve/";

/** A bind mount of `/mnt/pve/POOL/DATASET/...` where that dataset is mounted elsewhere: the data would miss the dataset. */
export const storageHostPath = defineRule({
  name: "storage/host-path",
  check(model, report) {
    const facts = factsOf(model);
    const datasets = new Map(resourcesOf(model, "dataset").map((dataset) => [dataset.name, dataset]));
    const taken = [
      ...[...facts.storages.values()].map((storage) => storage.path ?? `${PVE_MOUNTS}${storage.id}`),
      ...[...datasets.values()].flatMap((dataset) => mountpointOf(model, dataset.name) ?? []),
    ];
    if (datasets.size === 0) return;
    for (const { section, hostPath } of facts.guests.flatMap((guest) => guest.mounts)) {
      if (!hostPath.startsWith(PVE_MOUNTS) || taken.some((path) => isBelow(hostPath, path))) continue;
      const name = prefixes(hostPath.slice(PVE_MOUNTS.length)).find((prefix) => datasets.has(prefix));
      const dataset = name === undefined ? undefined : datasets.get(name);
      const mountpoint = dataset && mountpointOf(model, dataset.name);
      if (name === undefined || dataset === undefined || mountpoint === undefined) continue;
      const instead = mountpoint + hostPath.slice(PVE_MOUNTS.length + name.length);
      const related = [{ span: dataset.headSpan, message: `mounted at ${mountpoint}` }];
      const args = { path: hostPath, dataset: name, mountpoint, instead };
      report(diagnose(hostPathOffDataset, argPlaceOf(section, "path"), args, { related }));
    }
  },
});

function isBelow(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}/`);
}

/** `a/b/c`, `a/b`, `a`: the longest first. */
function prefixes(path: string): readonly string[] {
  const parts = path.split("/").filter((part) => part !== "");
  return parts.map((_, i) => parts.slice(0, parts.length - i).join("/"));
}
