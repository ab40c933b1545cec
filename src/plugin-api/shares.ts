import type { Model, Resource, Section, Value } from "../model/resource.js";
import { addressesOf } from "./firewall-names.js";
import { resourcesOf } from "./guest.js";
import { perModel } from "./per-model.js";
import { mountpointOf } from "./storages.js";
import { listOf, refOf, sectionsOf, stringOf, stringsOf, textOf } from "./values.js";
import { nfsExport } from "./volumes.js";
import type { GuestVolume } from "./volumes.js";

/** A directory of the host that others reach: an `export` (NFS), a `share` (Samba), or a `mapping` (virtiofs). */
export interface HostShare {
  readonly resource: Resource;
  readonly kind: "export" | "share" | "mapping";
  readonly name: string;
  /** The directory; `undefined` where the files do not say it. */
  readonly path: string | undefined;
  /** Who may reach it, in the order written; none: the files do not say. */
  readonly clients: readonly ShareClient[];
}

/** One client, with what it stands for. */
export interface ShareClient {
  /** As written. */
  readonly text: string;
  /** The guest, network or host that it names. */
  readonly resource: Resource | undefined;
  /** Addresses, nets, names, patterns; empty when a named guest has no static address. */
  readonly addresses: readonly string[];
  /** Of its own, in place of those of the export. */
  readonly options: readonly string[] | undefined;
  readonly section: Section;
}

/** All exports and shares, in source order. */
export const hostShares = perModel((model): readonly HostShare[] =>
  (["export", "share", "mapping"] as const).flatMap((kind) =>
    resourcesOf(model, kind).map((resource) => ({
      resource,
      kind,
      name: resource.name,
      path: sharePath(resource, model),
      clients: clientsOf(resource, model),
    })),
  ),
);

/** Its `path`, or where its `dataset` is mounted. */
function sharePath(resource: Resource, model: Model): string | undefined {
  const path = stringOf(resource, "path");
  if (path !== undefined) return path;
  const address = refOf(resource, "dataset");
  const dataset = address === undefined ? undefined : model.resources.get(address);
  const name = dataset?.name ?? stringOf(resource, "dataset");
  return name === undefined ? undefined : mountpointOf(model, name);
}

function clientsOf(resource: Resource, model: Model): readonly ShareClient[] {
  const listed = listOf(resource, "clients").map((value) => clientOf(value, resource, undefined, model));
  const blocks = sectionsOf(resource, "client").flatMap((section) => {
    const value = section.args.get("client");
    return value === undefined ? [] : [clientOf(value, section, stringsOf(section, "options"), model)];
  });
  return [...listed, ...blocks];
}

function clientOf(value: Value, section: Section, options: readonly string[] | undefined, model: Model): ShareClient {
  const text = textOf(value) ?? "";
  const resource = value.type === "ref" ? model.resources.get(value.address) : undefined;
  return {
    text: resource?.name ?? text,
    resource,
    addresses: resource === undefined ? [text] : addressesOf(resource, model),
    options,
    section,
  };
}

/** What a guest mounts of a declared host: the export that holds the path, the share or the mapping of the name; undefined: of no declared one. */
export function shareOfVolume(volume: GuestVolume, model: Model): HostShare | undefined {
  const nfs = nfsExport(volume);
  if (nfs !== undefined) {
    const own = hostShares(model).filter((share) => share.kind === "export" && isServedBy(share, nfs.server, model));
    return deepest(own.filter(({ path }) => path !== undefined && holds(path, nfs.path)));
  }
  if (volume.type === "virtiofs")
    return hostShares(model).find((share) => share.kind === "mapping" && share.name === volume.from);
  const [, server, name] = /^\/\/([^/]+)\/([^/]+)/.exec(volume.type === "samba" ? (volume.from ?? "") : "") ?? [];
  if (server === undefined) return undefined;
  return hostShares(model).find(
    (share) => share.kind === "share" && share.name === name && isServedBy(share, server, model),
  );
}

function deepest(shares: readonly HostShare[]): HostShare | undefined {
  return shares.toSorted((a, b) => (b.path ?? "").length - (a.path ?? "").length)[0];
}

/** Whether a path is that directory or below it. */
function holds(directory: string, path: string): boolean {
  return path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}

/** Whether the host of a share has this address or name; one that says no host is on the only one. */
function isServedBy({ resource }: HostShare, server: string, model: Model): boolean {
  const named = refOf(resource, "host");
  const hosts = resourcesOf(model, "host").filter((host) => named === undefined || host.address === named);
  return hosts.some((host) => [host.name, stringOf(host, "node"), stringOf(host, "address")].includes(server));
}
