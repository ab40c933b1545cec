import { refOf, settingOf, storageById, stringOf } from "../../plugin-api/index.js";
import type { Model, Requirement, Resource, Span } from "../../plugin-api/index.js";

/** Where Proxmox keeps the files of the storage `local`, which every installation has. */
const LOCAL_PATH = "/var/lib/vz";
const ISO_FOLDER = `${LOCAL_PATH}/template/iso`;

/** What a guest is made from, as its create command names it, and what must be there for it. */
export interface ImageSource {
  readonly volume: string;
  readonly requirements: readonly Requirement[];
}

/** Where the file of a declared image lies on the host; `undefined` when the files do not say. */
export function imagePath(image: Resource, model: Model): string | undefined {
  const path = stringOf(image, "path");
  if (path !== undefined) return path;
  const template = stringOf(image, "template");
  if (template !== undefined) {
    const root = storagePath(templateStorage(image), model);
    return root === undefined ? undefined : `${root}/template/cache/${template}`;
  }
  const url = stringOf(image, "url");
  const name =
    url === undefined
      ? undefined
      : url
          .replace(/[?#].*$/, "")
          .split("/")
          .at(-1);
  return name === undefined || name === "" ? undefined : `${ISO_FOLDER}/${name}`;
}

/** The storage that keeps a container template. */
export function templateStorage(image: Resource): string {
  return stringOf(image, "storage") ?? "local";
}

function storagePath(id: string, model: Model): string | undefined {
  return storageById(model, id)?.path ?? (id === "local" ? LOCAL_PATH : undefined);
}

/** The archive that a container is made from: a volume of a storage, or a path. */
export function archiveOf(guest: Resource, model: Model): ImageSource | undefined {
  const image = declaredImage(guest, model);
  if (image === undefined) return namedSource(guest, "vztmpl", model);
  const template = stringOf(image, "template");
  if (template !== undefined) {
    return { volume: `${templateStorage(image)}:vztmpl/${template}`, requirements: [] };
  }
  const path = imagePath(image, model);
  return path === undefined ? undefined : { volume: path, requirements: [] };
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

function namedRequirement(volume: string, content: string, source: Span, model: Model): Requirement {
  const hint = "declare it as an `image`, and the plan fetches it";
  if (volume.startsWith("/")) return { kind: "file", path: volume, hint, blocks: [], source };
  const [storage = "", name = ""] = volume.split(":");
  const root = storagePath(storage, model);
  const folder =
    content === "vztmpl" ? name.replace(/^vztmpl\//, "template/cache/") : name.replace(/^iso\//, "template/iso/");
  if (root !== undefined) return { kind: "file", path: `${root}/${folder}`, hint, blocks: [], source };
  return { kind: "storage", storage, content, blocks: [], source };
}
