import {
  cloneSource,
  datasetOfPath,
  declaredPiece,
  disks,
  firewallOf,
  firewallUses,
  mounts,
  needsOf,
  nets,
  refOf,
  sectionOf,
  sectionsOf,
  shareOfVolume,
  storageById,
  storages,
  stringOf,
  volumes,
} from "../../plugin-api/index.js";
import type { FirewallRule, Model, Resource } from "../../plugin-api/index.js";

type Reach = { readonly to: string; readonly reason: string };

/** What a guest needs before it: its source, image, networks, storages, the datasets of its mounts, and `needs`. */
export function guestEdges(resource: Resource, model: Model): readonly Reach[] {
  const cloudInit = sectionOf(resource, "cloud_init");
  const storageIds = [
    ...disks(resource).map((disk) => disk.storage),
    cloudInit === undefined ? undefined : stringOf(cloudInit, "storage"),
    ...imageStorage(resource, model),
  ];
  const edges: readonly (Reach | undefined)[] = [
    reach(cloneSource(resource, model)?.address, "clone"),
    reach(refOf(resource, "image"), "image"),
    ...sectionsOf(resource, "cdrom").map((drive) => reach(refOf(drive, "iso"), "image")),
    ...nets(resource, model).map((net) => reach(net.network?.address, "network")),
    ...storageIds.map((id) => reach(id === undefined ? undefined : storageById(model, id)?.owner.address, "storage")),
    ...mounts(resource).map((mount) => reach(datasetOfPath(model, mount.hostPath)?.address, "mount")),
    ...volumes(resource).map((volume) => reach(shareOfVolume(volume, model)?.resource.address, "volume")),
    ...needsOf(resource).map((address) => reach(address, "needs")),
    ...pieceEdges(firewallOf(resource, model)?.rules ?? [], model),
    reach(refOf(resource, "host"), "host"),
  ];
  const seen = new Set<string>();
  return edges.filter((edge): edge is Reach => {
    if (edge === undefined || edge.to === resource.address || seen.has(edge.to)) return false;
    seen.add(edge.to);
    return true;
  });
}

/** The groups, sets and aliases of the cluster that rules name: they must be there before the rules. */
export function pieceEdges(rules: readonly FirewallRule[], model: Model): readonly Reach[] {
  return firewallUses(rules).flatMap((use) => {
    const piece = declaredPiece(use, model);
    return piece === undefined ? [] : [{ to: piece.address, reason: "firewall" }];
  });
}

/** The storage that an image given as a volume (`local:vztmpl/x`) or as a path lies on. */
function imageStorage(resource: Resource, model: Model): readonly string[] {
  const image = refOf(resource, "image") === undefined ? stringOf(resource, "image") : undefined;
  if (image === undefined) return [];
  if (!image.startsWith("/")) return [image.slice(0, Math.max(0, image.indexOf(":")))];
  const holder = storages(model).find((storage) => storage.path !== undefined && image.startsWith(`${storage.path}/`));
  return holder === undefined ? [] : [holder.id];
}

function reach(to: string | undefined, reason: string): Reach | undefined {
  return to === undefined ? undefined : { to, reason };
}
