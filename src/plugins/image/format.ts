import { stringOf } from "../../plugin-api/index.js";
import type { Resource } from "../../plugin-api/index.js";

/** What an image is: the disk of a virtual machine, a medium for its drive, or the root file system of containers. */
export type ImageUse = "disk" | "medium" | "archive";

/** Formats, with what they are good for and how their files are called. */
const FORMATS: Readonly<Record<string, { readonly use: ImageUse; readonly ends: readonly string[] }>> = {
  qcow2: { use: "disk", ends: [".qcow2"] },
  raw: { use: "disk", ends: [".raw", ".img"] },
  vmdk: { use: "disk", ends: [".vmdk"] },
  iso: { use: "medium", ends: [".iso"] },
  archive: { use: "archive", ends: [".tar.zst", ".tar.xz", ".tar.gz", ".tar.bz2", ".tgz", ".tar"] },
};

/** The words for formats. */
export const imageFormats: readonly string[] = Object.keys(FORMATS);

/** How disk images are compressed, with the program that unpacks them. */
const UNPACKERS: Readonly<Record<string, string>> = { gz: "gzip", xz: "xz", zst: "zstd", bz2: "bzip2" };

/** The words for compressions. */
export const compressions: readonly string[] = ["none", ...Object.keys(UNPACKERS)];

/** Endings of what is compressed, or holds other files. */
const PACKED = [".gz", ".xz", ".zst", ".bz2", ".zip", ".7z", ".rar", ".ova", ".tar", ".tgz"];

/** The name of the file that an address or a path ends in; empty where it ends in a folder. */
function nameOf(image: Resource): string {
  const url = stringOf(image, "url")?.replace(/^https?:\/\/[^/]*|[?#].*$/g, "");
  const name = (url ?? stringOf(image, "template") ?? stringOf(image, "path") ?? "").split("/").at(-1) ?? "";
  return /^\.*$/.test(name) ? "" : name;
}

/** The compression that the name of a download ends in; archives are unpacked by Proxmox. */
function compressionOf(image: Resource): string | undefined {
  const said = stringOf(image, "compression");
  if (said !== undefined) return said === "none" ? undefined : said;
  const ending = /\.([a-z0-9]+)$/.exec(nameOf(image))?.[1] ?? "";
  const isPacked = Object.hasOwn(UNPACKERS, ending) && useOf(image) !== "archive";
  return isPacked && stringOf(image, "url") !== undefined ? ending : undefined;
}

/** The program that unpacks a download, where that is compressed. */
export function unpackerOf(image: Resource): string | undefined {
  const compression = compressionOf(image);
  return compression === undefined ? undefined : UNPACKERS[compression];
}

/** What an image is good for, as its format or its name says; `undefined` when neither does. */
export function useOf(image: Resource): ImageUse | undefined {
  if (stringOf(image, "oci") !== undefined) return "archive";
  const said = FORMATS[stringOf(image, "format") ?? ""];
  if (said !== undefined) return said.use;
  const name = nameOf(image).toLowerCase();
  const ends = (text: string): ImageUse | undefined =>
    Object.values(FORMATS).find((format) => format.ends.some((end) => text.endsWith(end)))?.use;
  return ends(name) ?? ends(name.replace(/\.[a-z0-9]+$/, ""));
}

/** The name of what comes, without what its compression adds. */
function unpackedName(image: Resource): string {
  const compression = compressionOf(image);
  const whole = nameOf(image);
  if (compression === undefined || !whole.endsWith(`.${compression}`)) return whole;
  return whole.slice(0, -compression.length - 1);
}

/** The end of an image's name that says that it is still packed when it is used: `.zip`. */
export function stillPacked(image: Resource): string | undefined {
  if (stringOf(image, "compression") === "none") return undefined;
  const name = unpackedName(image).toLowerCase();
  return PACKED.find((ending) => name.endsWith(ending));
}

/** The name of the file that a download becomes: without what its compression adds, with what its format is called. */
export function fileName(image: Resource): string {
  const name = unpackedName(image);
  const format = FORMATS[stringOf(image, "format") ?? ""];
  // Proxmox tells media and archives by the ends of their names.
  if (format === undefined || format.use === "disk" || format.ends.some((end) => name.toLowerCase().endsWith(end)))
    return name;
  return `${image.name}${format.ends[0] ?? ""}`;
}
