import { refOf, settingOf, storageById, stringOf } from "../../plugin-api/index.js";
import { fileName, useOf } from "./format.js";
import { registryFile } from "./registry.js";
import type { Model, Requirement, Resource, Span } from "../../plugin-api/index.js";

/** Where Proxmox keeps the files of the storage `local`, which every installation has. */
const LOCAL_PATH = "/var/lib/vz";

/** What a guest is made from, as its create command names it, and what must be there for it. */
export interface ImageSource {
  readonly volume: string;
  readonly requirements: readonly Requirement[];
}

/** Where the file of a declared image lies on the host; `undefined` when the files do not say. */
export function imagePath(image: Resource, model: Model): string | undefined {
  const path = stringOf(image, "path");
  if (path !== undefined) return path;
  const template = templateFile(image);
  if (template !== undefined) {
    const root = storagePath(imageStorage(image), model);
    return root === undefined ? undefined : `${root}/template/cache/${template}`;
  }
  if (stringOf(image, "url") === undefined) return undefined;
  const name = fileName(image);
  const root = storagePath(imageStorage(image), model);
  const folder = useOf(image) === "archive" ? "cache" : "iso";
  return name === "" || root === undefined ? undefined : `${root}/template/${folder}/${name}`;
}

/** The file of an image that is a template of its storage. */
function templateFile(image: Resource): string | undefined {
  const reference = stringOf(image, "oci");
  return reference === undefined ? stringOf(image, "template") : registryFile(reference);
}

/** The storage that keeps the file of an image. */
export function imageStorage(image: Resource): string {
  return stringOf(image, "storage") ?? "local";
}

function storagePath(id: string, model: Model): string | undefined {
  return storageById(model, id)?.path ?? (id === "local" ? LOCAL_PATH : undefined);
}

/** The archive that a container is made from: a volume of a storage, or a path. */
export function archiveOf(guest: Resource, model: Model): ImageSource | undefined {
  const image = declaredImage(guest, model);
  if (image === undefined) return namedSource(guest, "vztmpl", model);
  const template = templateFile(image);
  if (template !== undefined) {
    return { volume: `${imageStorage(image)}:vztmpl/${template}`, requirements: [] };
  }
  const path = imagePath(image, model);
  return path === undefined ? undefined : { volume: path, requirements: [] };
}

/** The medium that lies in a drive: a volume where its storage keeps media, else a path. */
export function isoVolume(image: Resource, model: Model): string | undefined {
  const path = imagePath(image, model);
  const storage = imageStorage(image);
  const folder = `${storagePath(storage, model) ?? ""}/template/iso/`;
  return path?.startsWith(folder) === true ? `${storage}:iso/${path.slice(folder.length)}` : path;
}

/** The disk image that a virtual machine's root disk is made from: a path, or a volume of a storage. */
export function diskImageOf(guest: Resource, model: Model): ImageSource | undefined {
  const image = declaredImage(guest, model);
  if (image === undefined) return namedSource(guest, "import", model);
  const path = imagePath(image, model);
  return path === undefined ? undefined : { volume: path, requirements: [] };
}

function declaredImage(guest: Resource, model: Model): Resource | undefined {
  const address = refOf(guest, "image");
  return address === undefined ? undefined : model.resources.get(address);
}

/** A source that no file declares: it must be on the host. */
function namedSource(guest: Resource, content: string, model: Model): ImageSource | undefined {
  const volume = stringOf(guest, "image");
  const source = settingOf(guest, "image")?.span;
  if (volume === undefined || source === undefined) return undefined;
  return { volume, requirements: [namedRequirement(volume, content, source, model)] };
}

/** What must be there for a volume, or a path, that no file declares. */
export function namedRequirement(volume: string, content: string, source: Span, model: Model): Requirement {
  const hint = "declare it as an `image`, and the plan fetches it";
  if (volume.startsWith("/")) return { kind: "file", path: volume, hint, blocks: [], source };
  const [storage = "", name = ""] = volume.split(":");
  const root = storagePath(storage, model);
  const folder =
    content === "vztmpl" ? name.replace(/^vztmpl\//, "template/cache/") : name.replace(/^iso\//, "template/iso/");
  if (root !== undefined) return { kind: "file", path: `${root}/${folder}`, hint, blocks: [], source };
  return { kind: "storage", storage, content, blocks: [], source };
}
