import { diagnose, settingOf, storageById, stringOf } from "../../plugin-api/index.js";
import type { Argv, LowerContext, Lowered, Model, Requirement, Resource } from "../../plugin-api/index.js";
import { makeStep } from "../guest/step.js";
import { imageWithTwoPlaces, imageWithoutFileName, imageWithoutPlace, templateWithoutPath } from "./findings.js";
import { fileName, unpackerOf } from "./format.js";
import { imagePath, imageStorage } from "./source.js";

/** Fetches the file of an image where it is not there; one without a source must be there. */
export function lowerImage(image: Resource, { model }: LowerContext): Lowered {
  const url = stringOf(image, "url");
  const template = stringOf(image, "template");
  const oci = stringOf(image, "oci");
  const path = imagePath(image, model);
  const at = image.headSpan;
  const name = image.name;
  if (url !== undefined && template !== undefined) return found(diagnose(imageWithTwoPlaces, at, { image: name }));
  if (path === undefined) {
    const storage = imageStorage(image);
    if (template === undefined && url === undefined && oci === undefined)
      return found(diagnose(imageWithoutPlace, at, { image: name }));
    if (url !== undefined && fileName(image) === "") {
      return found(diagnose(imageWithoutFileName, settingOf(image, "url")?.span ?? at, { image: name, url }));
    }
    return found(diagnose(templateWithoutPath, at, { image: name, storage }));
  }
  if (url === undefined && template === undefined && oci === undefined) {
    return { steps: [], requirements: [{ kind: "file", path, blocks: [], source: at }] };
  }
  const checksum = checksumOf(image);
  const unpack = url === undefined ? undefined : unpackerOf(image);
  const step = makeStep(image, "file", {
    phase: "host",
    title: `image ${name}`,
    probe: {
      kind: "image-absent",
      path,
      ...checksum,
      ...(url === undefined ? {} : { url }),
      ...(unpack === undefined ? {} : { unpack }),
    },
    commands: [fetching(image, path)],
  });
  // The programs of the commands themselves are asked for as those of every step are.
  const needs: Requirement[] =
    unpack === undefined ? [] : [{ kind: "command", command: unpack, blocks: [], source: at }];
  return { steps: [{ ...step, id: image.address }], requirements: [...storageNeeds(image, model), ...needs] };
}

/** What fetches it. Downloads lie beside their place until they are whole; `pveam` sees to that by itself. */
function fetching(image: Resource, path: string): Argv {
  const [url, oci] = [stringOf(image, "url"), stringOf(image, "oci")];
  if (oci !== undefined) return ["skopeo", "copy", `docker://${oci}`, `oci-archive:${path}.part`];
  if (url !== undefined) return ["wget", "-nv", "-O", `${path}.part`, url];
  return ["pveam", "download", imageStorage(image), stringOf(image, "template") ?? ""];
}

/** The declared checksum of what is fetched. */
function checksumOf(image: Resource): { readonly sha256?: string; readonly sha512?: string } {
  const sha256 = stringOf(image, "sha256")?.toLowerCase();
  const sha512 = stringOf(image, "sha512")?.toLowerCase();
  return { ...(sha256 === undefined ? {} : { sha256 }), ...(sha512 === undefined ? {} : { sha512 }) };
}

function storageNeeds(image: Resource, model: Model): readonly Requirement[] {
  const storage = imageStorage(image);
  const isTemplate = ["template", "oci"].some((name) => stringOf(image, name) !== undefined);
  if (!isTemplate || storageById(model, storage) !== undefined) return [];
  return [{ kind: "storage", storage, content: "vztmpl", blocks: [], source: image.headSpan }];
}

function found(finding: ReturnType<typeof diagnose>): Lowered {
  return { steps: [], requirements: [], diagnostics: [finding] };
}
