import { datasetOfPath, defineKind, definePlugin, refOf, storageById, stringOf } from "../../plugin-api/index.js";
import type { Model, Resource } from "../../plugin-api/index.js";
import * as t from "../guest/types.js";
import { compressions, imageFormats } from "./format.js";
import { registryReference } from "./registry.js";
import { imageFindings } from "./findings.js";
import { imageUseFindings } from "./findings-use.js";
import { lowerImage } from "./lower.js";
import { imageRules } from "./rules.js";
import { imagePath } from "./source.js";

const image = defineKind({
  keyword: "image",
  aliases: ["iso", "template", "images"],
  doc: "A disk image or a container template that guests are made from; it is fetched when it is not there.",
  args: [{ name: "name", type: t.label, doc: "The name by which guests refer to it." }],
  identity: { name: "name" },
  options: {
    url: {
      type: {
        type: "string",
        pattern: "https?://[^\\s,?#]+([?#]\\S*)?",
        describe: "an http or https URL (without commas in its path)",
      },
      doc: "Where it is fetched from.",
    },
    sha256: {
      type: { type: "string", pattern: "[0-9A-Fa-f]{64}", describe: "64 hexadecimal digits" },
      doc: "The SHA-256 of the download, as it comes. Of a file that lies on the host: which one is meant; it is not compared.",
    },
    sha512: {
      type: { type: "string", pattern: "[0-9A-Fa-f]{128}", describe: "128 hexadecimal digits" },
      doc: "The SHA-512 of the download, in place of `sha256`.",
    },
    format: {
      type: t.oneOfMeant(
        { img: "raw", tar: "archive", vztmpl: "archive", template: "archive", cdrom: "iso" },
        ...imageFormats,
      ),
      doc: "What it is: a disk (`qcow2`, `raw`, `vmdk`), a medium for a drive, or the root file system of containers. Default: as the end of its name says.",
    },
    compression: {
      type: t.oneOfMeant({ gzip: "gz", zstd: "zst", bzip2: "bz2", lzma: "xz" }, ...compressions),
      doc: "How a disk image or a medium is compressed; it is unpacked when it has come. Default: as the end of its name says.",
    },
    os: { type: t.system, doc: "The operating system in it: guests that are made from it take its preset." },
    path: {
      type: t.keyPath,
      doc: "Where the file lies on the host. Default: below `template/iso` of the storage, archives below `template/cache`, with the name in the URL.",
    },
    template: {
      type: { type: "string", pattern: "[A-Za-z0-9][A-Za-z0-9_.+-]*", describe: "the file name of a template" },
      doc: "A container template of the Proxmox catalogue, fetched with `pveam download`.",
    },
    oci: {
      type: registryReference,
      doc: "An OCI image of a registry, for containers: fetched with `skopeo copy`, as Proxmox VE does it.",
      since: "9.1",
    },
    storage: {
      type: t.storageRef,
      doc: "The storage that keeps the file, where `path` does not say. Default: `local`.",
    },
    host: { type: t.hostRef, doc: "The host that it belongs to." },
  },
  sections: {},
  instead: {
    source: "url",
    src: "url",
    uri: "url",
    from: "url",
    checksum: "sha256",
    hash: "sha256",
    file: "path",
    type: "format",
    ostype: "os",
    os_family: "os",
    distribution: "os",
    compressed: "compression",
    docker: "oci",
    registry: "oci",
    reference: "oci",
  },
  edges: imageEdges,
  lower: lowerImage,
});

/** The storage or dataset that the file lies on. */
function imageEdges(resource: Resource, model: Model): readonly { readonly to: string; readonly reason: string }[] {
  const id = stringOf(resource, "storage");
  const owner = id === undefined ? undefined : storageById(model, id)?.owner.address;
  const path = imagePath(resource, model);
  const holder = refOf(resource, "storage") ?? owner ?? (path && datasetOfPath(model, path)?.address);
  return holder === undefined ? [] : [{ to: holder, reason: "storage" }];
}

/** Images and container templates. */
export const imagePlugin = definePlugin({
  name: "image",
  kinds: [image],
  rules: imageRules,
  diagnostics: [...imageFindings, ...imageUseFindings],
});
