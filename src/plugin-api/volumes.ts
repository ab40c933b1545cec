import type { Resource, Section } from "../model/resource.js";
import { slotted } from "./passthrough.js";
import { argOf, sectionsOf, stringOf, stringsOf } from "./values.js";

/** A network file system that a guest mounts. */
export interface GuestVolume {
  readonly section: Section;
  readonly type: "nfs" | "samba" | "virtiofs";
  readonly name: string;
  /** `SERVER:/PATH`, `//SERVER/SHARE`, or the name of a directory mapping; without a slash at its end. */
  readonly from: string | undefined;
  readonly at: string | undefined;
  readonly options: readonly string[];
  /** Of virtiofs: `virtiofs0`. */
  readonly slot: string | undefined;
}

/** The network file systems of a guest, in order. */
export function volumes(resource: Resource): readonly GuestVolume[] {
  const all = sectionsOf(resource, "volume");
  const shared = all.filter((section) => argOf(section, "type") === "virtiofs");
  const slots = new Map(slotted(resource, shared, "virtiofs").map(({ section, slot }) => [section, slot]));
  return all.map((section) => {
    const type = argOf(section, "type");
    return {
      section,
      type: type === "samba" || type === "virtiofs" ? type : "nfs",
      name: argOf(section, "name") ?? "",
      from: withoutSlash(stringOf(section, "from")),
      at: withoutSlash(stringOf(section, "at")),
      options: stringsOf(section, "options"),
      slot: slots.get(section),
    };
  });
}

/** The server and the path of what is mounted by NFS. */
export function nfsExport(volume: GuestVolume): { readonly server: string; readonly path: string } | undefined {
  const [, server, path] = /^(.*):(\/.*)$/.exec(volume.type === "nfs" ? (volume.from ?? "") : "") ?? [];
  return server === undefined || path === undefined ? undefined : { server, path };
}

function withoutSlash(text: string | undefined): string | undefined {
  return text === undefined || text.length < 2 ? text : text.replace(/(?<=[^:/])\/+$/, "");
}
