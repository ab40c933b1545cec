import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings about images: PHX5501 to PHX5599. */

export const imageWithoutPlace = diagnosticKind<{ image: string }>({
  code: "PHX5501",
  severity: "error",
  title: "image without a place",
  message: ({ image }) => `the image ${image} says neither \`url\`, \`template\` nor \`path\``,
  help: "Say where it is fetched from (`url` or `template`), or where it lies on the host (`path`).",
});

export const templateWithoutPath = diagnosticKind<{ image: string; storage: string }>({
  code: "PHX5502",
  severity: "error",
  title: "template on a storage of unknown path",
  message: ({ image, storage }) =>
    `the image ${image} lies on ${storage}, and no file says where that storage keeps its files`,
  help: ({ storage }) => `Declare \`storage dir ${storage} { path = ... }\`, or give the image its \`path\`.`,
});

export const imageWithTwoPlaces = diagnosticKind<{ image: string }>({
  code: "PHX5503",
  severity: "error",
  title: "image with two sources",
  message: ({ image }) => `the image ${image} says both \`url\` and \`template\``,
  help: "Keep one of them: `template` names an entry of the Proxmox catalogue, `url` any file.",
});

export const imageWithoutFileName = diagnosticKind<{ image: string; url: string }>({
  code: "PHX5504",
  severity: "error",
  title: "address without the name of a file",
  message: ({ image, url }) => `the image ${image} is fetched from ${url}, which names no file`,
  help: "Say with `path` where it is to lie, as `/var/lib/vz/template/iso/NAME`.",
});

export const imageFindings: readonly DiagnosticKind<never>[] = [
  imageWithoutPlace,
  templateWithoutPath,
  imageWithTwoPlaces,
  imageWithoutFileName,
];
