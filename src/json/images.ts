import { jsonRelease } from "../diagnostics/catalogue/json.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Block } from "../syntax/ast.js";
import { asString, attribute, block, constant, string } from "./build.js";
import { type Context, type Guest, setting } from "./context.js";
import type { Dataset } from "./convert-storage.js";
import { member, textOf } from "./read.js";
import type { JsonMember, JsonNode } from "./tree.js";

/** Where the existing system fetches cloud images; the release is the folder. */
const CLOUD_IMAGES = "https://cloud-images.ubuntu.com";

/** Where Proxmox's own `local` storage keeps container templates. */
const LOCAL_TEMPLATES = "/var/lib/vz/template/cache/";

/** What a guest's `image` attribute says, and the `image` block that stands behind it, if one does. */
export interface ImageUse {
  readonly text: string;
  readonly node: JsonNode;
  readonly block?: ImageBlock;
}

interface ImageBlock {
  readonly name: string;
  readonly block: Block;
  /** Where the file comes from or lies, and its checksum where one is declared. */
  readonly from: string;
  readonly sum?: string;
}

/** The image of a container or a virtual machine that is not a clone. */
export function imageOf(context: Context, guest: Guest, datasets: readonly Dataset[]): ImageUse | undefined {
  const field = member(guest.node, guest.kind === "ct" ? "template" : "template_image");
  const text = textOf(field?.value);
  if (field === undefined || text === undefined || isClone(guest)) return undefined;
  return guest.kind === "ct" ? archive(field, text, datasets) : cloudImage(context, guest, field, text);
}

/** The property that names a guest's clone source. */
export function cloneField(guest: Guest): JsonMember | undefined {
  if (guest.kind === "vm") return member(guest.node, "clone_from_vmid");
  return member(guest.node, "clone_from_ctid") ?? member(guest.node, "clone_from_template_ctid");
}

export function isClone(guest: Guest): boolean {
  return cloneField(guest) !== undefined;
}

/**
 * The `image` blocks of all guests: one for each file, with its checksum where any guest says it. Different files of one name
 * stay several blocks, which is a finding: no guest may be made from what another one means.
 */
export function imageBlocks(uses: readonly (ImageUse | undefined)[]): readonly Block[] {
  const kept: ImageBlock[] = [];
  for (const use of uses) {
    const image = use?.block;
    if (image === undefined) continue;
    const at = kept.findIndex(
      ({ name, from, sum }) =>
        name === image.name &&
        from === image.from &&
        (sum === undefined || image.sum === undefined || sum === image.sum),
    );
    if (at < 0) kept.push(image);
    else if (kept[at]?.sum === undefined) kept[at] = image;
  }
  return kept.map(({ block: made }) => made);
}

/**
 * The archive of a container: below a dataset, or in the folder of `local`, it is a template of that storage, which
 * `pveam` fetches; a bare file name is one of `local`. Other paths and volume ids stay as they are.
 */
function archive(field: JsonMember, text: string, datasets: readonly Dataset[]): ImageUse {
  const node = field.value;
  const storage = storageOf(text, datasets);
  if (storage === undefined) return { text, node };
  const file = baseName(text);
  const name = imageName(file);
  const at = node.span;
  const items = [constant(at, "template", string(at, file)), constant(at, "storage", string(at, storage))];
  const made = block("image", at, field.span, [string(at, name)], items);
  return { text: name, node, block: { name, block: made, from: `${storage} ${file}` } };
}

function storageOf(text: string, datasets: readonly Dataset[]): string | undefined {
  if (/^[^/:]+$/.test(text) || text.startsWith(LOCAL_TEMPLATES)) return "local";
  return datasets.find(({ path }) => text.startsWith(`/${path}/template/cache/`))?.storage;
}

/** A cloud image: an absolute path lies on the host, a URL is fetched, a file name comes from Ubuntu's server. */
function cloudImage(context: Context, guest: Guest, field: JsonMember, text: string): ImageUse | undefined {
  const node = field.value;
  const file = baseName(text);
  const name = imageName(file);
  const url = /^https?:\/\//.test(text) ? text : text.startsWith("/") ? undefined : ubuntuUrl(context, node, text);
  if (url === undefined && !text.startsWith("/")) return undefined;
  const where = url === undefined ? constant(node.span, "path", string(node.span, text)) : urlOf(node, url);
  const declared = member(guest.node, "template_image_sha256");
  const sha256 = attribute(declared, "sha256", asString);
  const made = block("image", node.span, field.span, [string(node.span, name)], [where, ...sha256]);
  const sum = textOf(declared?.value)?.toLowerCase();
  return { text: name, node, block: { name, block: made, from: url ?? text, ...(sum === undefined ? {} : { sum }) } };
}

function urlOf(node: JsonNode, url: string) {
  return constant(node.span, "url", string(node.span, url));
}

/** The release is `vm_defaults.ubuntu_release`, else the first word of the file's name. */
function ubuntuUrl(context: Context, node: JsonNode, file: string): string | undefined {
  const declared = textOf(setting(context.files, "vm_defaults", "ubuntu_release")?.value);
  const release = declared ?? /^([a-z]+)-.*cloudimg/.exec(file)?.[1];
  if (release !== undefined) return `${CLOUD_IMAGES}/${release}/current/${file}`;
  context.report(diagnose(jsonRelease, node.span, { image: file }));
  return undefined;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** A name that can stand without quotes: `ubuntu-24.04-standard_24.04-2_amd64.tar.zst` is `ubuntu-24-04-standard_24-04-2_amd64`. */
function imageName(file: string): string {
  const stem = file.replace(/\.(img|qcow2|raw|vmdk|tar\.(gz|xz|zst|bz2)|tgz)$/, "");
  return stem.replaceAll(/[^A-Za-z0-9_]+/g, "-").replaceAll(/^[-_]+|[-_]+$/g, "") || "image";
}
