import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings about what is fetched, and about what guests are made from: PHX4430 to PHX4434, and PHX4441 to PHX4443. */

export const unverifiedDownload = diagnosticKind<{ what: string; url: string; isRun: boolean; oci?: true }>({
  code: "PHX4430",
  severity: "warning",
  title: "download without a checksum",
  message: ({ what, url, isRun }) =>
    isRun
      ? `${what} is fetched from ${url} and run as root, and nothing says what it is to be`
      : `${what} is fetched from ${url}, and nothing says what it is to be`,
  help: ({ oci }) =>
    oci === true
      ? "A tag may be moved to another image: write the digest in its place, `REGISTRY/REPOSITORY@sha256:...`; `skopeo inspect docker://REFERENCE` shows it."
      : "Add `sha256` with the checksum that its maker publishes, and name a release rather than `current` or `latest` in the address.",
});

export const twoChecksums = diagnosticKind<{ image: string }>({
  code: "PHX4431",
  severity: "error",
  title: "image with two checksums",
  message: ({ image }) => `the image ${image} has both \`sha256\` and \`sha512\``,
  help: "Keep the one that its maker signs.",
});

export const imageOfOtherUse = diagnosticKind<{ image: string; is: string; wanted: string }>({
  code: "PHX4432",
  severity: "error",
  title: "image of another sort",
  message: ({ image, is, wanted }) => `the image ${image} is ${is}, and what it is used for needs ${wanted}`,
  help: "Virtual machines are made from disk images (or installed from a medium in a `cdrom`), containers from archives; `format` says what an image is where its name does not.",
});

export const attributeWithoutDownload = diagnosticKind<{ image: string; name: string }>({
  code: "PHX4433",
  severity: "error",
  title: "attribute of a download without a download",
  message: ({ image, name }) => `the image ${image} is not fetched from a \`url\`, so \`${name}\` says nothing`,
  help: "Leave it out. Proxmox compares the templates of its catalogue by itself.",
});

export const imagesOfOneFile = diagnosticKind<{ image: string; other: string; path: string }>({
  code: "PHX4434",
  severity: "error",
  title: "two images in one file",
  message: ({ image, other, path }) => `the images ${other} and ${image} are different, and both become ${path}`,
  help: "Give one of them a `path` of its own: guests of both would be made from the one that was fetched last.",
});

export const packedImage = diagnosticKind<{ image: string; ending: string; wanted: string }>({
  code: "PHX4441",
  severity: "error",
  title: "image that nothing unpacks",
  message: ({ image, ending, wanted }) =>
    `the image ${image} is packed as ${ending}, which nothing unpacks, and what it is used for needs ${wanted}`,
  help: "What comes from a `url` as .gz, .xz, .zst or .bz2 is unpacked. Unpack this by hand and say its `path`. A download that only looks packed says `compression = none`.",
});

export const besideRegistry = diagnosticKind<{ image: string; name: string }>({
  code: "PHX4442",
  severity: "error",
  title: "attribute beside an image of a registry",
  message: ({ image, name }) => `the image ${image} comes from a registry, and \`${name}\` says something else of it`,
  help: "Keep `oci`, or this one. The digest in the reference is the checksum; the archive lies in `template/cache` of `storage`.",
});

export const featureWithoutSystem = diagnosticKind<{ feature: string; guest: string }>({
  code: "PHX4443",
  severity: "error",
  title: "feature in an image of a registry whose system nobody knows",
  message: ({ feature, guest }) =>
    `the feature ${feature} has to know the system of ${guest}, which is made from an image of a registry`,
  help: "Say `os` in the image. Many such images hold one program and no package manager: then leave the feature out.",
});

export const imageUseFindings: readonly DiagnosticKind<never>[] = [
  unverifiedDownload,
  twoChecksums,
  imageOfOtherUse,
  attributeWithoutDownload,
  imagesOfOneFile,
  packedImage,
  besideRegistry,
  featureWithoutSystem,
];
