import {
  defineRule,
  diagnose,
  guests,
  refOf,
  resourcesOf,
  sectionsOf,
  settingOf,
  stringOf,
} from "../../plugin-api/index.js";
import type { Diagnostic, Resource, Rule, Section } from "../../plugin-api/index.js";
import {
  attributeWithoutDownload,
  besideRegistry,
  imageOfOtherUse,
  imagesOfOneFile,
  packedImage,
  twoChecksums,
  unverifiedDownload,
} from "./findings-use.js";
import { stillPacked, useOf } from "./format.js";
import type { ImageUse } from "./format.js";
import { isPinned } from "./registry.js";
import { imagePath } from "./source.js";

/** What says where a file comes from or what it is, and has no place beside a reference to a registry. */
const NOT_OF_REGISTRY = ["url", "template", "path", "format", "sha256", "sha512", "compression"];

function registryFindings(image: Resource): readonly Diagnostic[] {
  const { name } = image;
  const beside = NOT_OF_REGISTRY.flatMap((other) => {
    const setting = settingOf(image, other);
    return setting === undefined ? [] : [diagnose(besideRegistry, setting.nameSpan, { image: name, name: other })];
  });
  const text = stringOf(image, "oci");
  if (text === undefined || isPinned(text)) return beside;
  const args = { what: `the image ${name}`, url: text, isRun: false, oci: true } as const;
  return [...beside, diagnose(unverifiedDownload, settingOf(image, "oci")?.span ?? image.headSpan, args)];
}

/** What is fetched says what it is to be. Proxmox's own catalogue does so by itself. */
const verifiedDownloads = defineRule({
  name: "image/verified-downloads",
  check: (model, report) => {
    for (const image of resourcesOf(model, "image")) {
      const { name } = image;
      if (settingOf(image, "oci") !== undefined) {
        for (const finding of registryFindings(image)) report(finding);
        continue;
      }
      const url = settingOf(image, "url");
      const sums = ["sha256", "sha512"].filter((sum) => settingOf(image, sum) !== undefined);
      if (sums.length > 1)
        report(diagnose(twoChecksums, settingOf(image, "sha512")?.span ?? image.headSpan, { image: name }));
      if (url === undefined) {
        // Of a file that lies on the host it says which one is meant: what is made from another one is stale.
        const said = settingOf(image, "template") === undefined ? [] : sums;
        for (const told of [...said, "compression"]) {
          const setting = settingOf(image, told);
          if (setting !== undefined)
            report(diagnose(attributeWithoutDownload, setting.span, { image: name, name: told }));
        }
        continue;
      }
      const text = stringOf(image, "url");
      if (sums.length === 0 && text !== undefined)
        report(diagnose(unverifiedDownload, url.span, { what: `the image ${name}`, url: text, isRun: false }));
    }
  },
});

const USES: Readonly<Record<ImageUse, string>> = {
  disk: "a disk image",
  medium: "a medium for a drive",
  archive: "the archive of a root file system",
};

/** Disks for machines, archives for containers, media for drives: as far as formats and names tell. */
const usedAsWhatTheyAre = defineRule({
  name: "image/used-as-what-it-is",
  check: (model, report) => {
    const judge = (section: Section, attribute: string, wanted: ImageUse): void => {
      const image = model.resources.get(refOf(section, attribute) ?? "");
      if (image === undefined) return;
      const use = useOf(image);
      const at = settingOf(section, attribute)?.span ?? section.headSpan;
      const { name } = image;
      const ending = wanted === "archive" || use === "archive" ? undefined : stillPacked(image);
      if (ending !== undefined) report(diagnose(packedImage, at, { image: name, ending, wanted: USES[wanted] }));
      else if (use !== undefined && use !== wanted)
        report(diagnose(imageOfOtherUse, at, { image: name, is: USES[use], wanted: USES[wanted] }));
    };
    for (const guest of guests(model)) {
      judge(guest, "image", guest.kind === "vm" ? "disk" : "archive");
      for (const drive of sectionsOf(guest, "cdrom")) judge(drive, "iso", "medium");
    }
  },
});

/** What an image says of its contents: where they come from, and their checksum. */
function contentsOf(image: Resource): { readonly from: string; readonly sums: readonly (string | undefined)[] } {
  const from = ["url", "template", "oci"].map((name) => stringOf(image, name) ?? "").join(" ");
  return { from, sums: ["sha256", "sha512"].map((name) => stringOf(image, name)?.toLowerCase()) };
}

function isSame(a: Resource, b: Resource): boolean {
  const [one, other] = [contentsOf(a), contentsOf(b)];
  return (
    one.from === other.from &&
    one.sums.every((sum, i) => sum === undefined || other.sums[i] === undefined || sum === other.sums[i])
  );
}

/** Each file is one image: two addresses may end in the same name, and the last one would win. */
const oneImageAFile = defineRule({
  name: "image/one-image-a-file",
  check: (model, report) => {
    const seen = new Map<string, Resource>();
    for (const image of resourcesOf(model, "image")) {
      const path = imagePath(image, model);
      if (path === undefined) continue;
      // Images of several hosts lie on each of them.
      const place = `${refOf(image, "host") ?? ""} ${path}`;
      const other = seen.get(place) ?? seen.get(` ${path}`);
      if (other === undefined) seen.set(place, image);
      else if (!isSame(other, image)) {
        const related = [{ span: other.headSpan, message: "the other image" }];
        report(diagnose(imagesOfOneFile, image.headSpan, { image: image.name, other: other.name, path }, { related }));
      }
    }
  },
});

/** The installer of a driver is run as root. */
const verifiedInstallers = defineRule({
  name: "image/verified-installers",
  check: (model, report) => {
    for (const driver of resourcesOf(model, "host").flatMap((host) => sectionsOf(host, "nvidia"))) {
      if (settingOf(driver, "sha256") !== undefined) continue;
      const url = settingOf(driver, "url");
      const from = stringOf(driver, "url") ?? "NVIDIA's own address";
      report(
        diagnose(unverifiedDownload, url?.span ?? driver.headSpan, {
          what: "NVIDIA's installer",
          url: from,
          isRun: true,
        }),
      );
    }
  },
});

/** The rules of images. */
export const imageRules: readonly Rule[] = [verifiedDownloads, verifiedInstallers, usedAsWhatTheyAre, oneImageAFile];
