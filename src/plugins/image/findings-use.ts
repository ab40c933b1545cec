import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings about what is fetched, and about what guests are made from: PHX4430 to PHX4434. */

export const unverifiedDownload = diagnosticKind<{ what: string; url: string; isRun: boolean }>({
  code: "PHX4430",
  severity: "warning",
  title: "download without a checksum",
  message: ({ what, url, isRun }) =>
    isRun
      ? `${what} is fetched from ${url} and run as root, and nothing says what it is to be`
      : `${what} is fetched from ${url}, and nothing says what it is to be`,
  help: "Add `sha256` with the checksum that its maker publishes, and name a release rather than `current` or `latest` in the address.",
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

export const imageUseFindings: readonly DiagnosticKind<never>[] = [
  unverifiedDownload,
  twoChecksums,
  imageOfOtherUse,
  attributeWithoutDownload,
];
