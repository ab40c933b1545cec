import { diagnose, storageById, stringOf } from "../../plugin-api/index.js";
import type { Argv, LowerContext, Lowered, Model, Requirement, Resource } from "../../plugin-api/index.js";
import { makeStep } from "../guest/step.js";
import { imageWithTwoPlaces, imageWithoutPlace, templateWithoutPath } from "./findings.js";
import { imagePath, templateStorage } from "./source.js";

/** Fetches the file of an image where it is not there; one without a source must be there. */
export function lowerImage(image: Resource, { model }: LowerContext): Lowered {
  const url = stringOf(image, "url");
  const template = stringOf(image, "template");
  const path = imagePath(image, model);
  const at = image.headSpan;
  const name = image.name;
  if (url !== undefined && template !== undefined) return found(diagnose(imageWithTwoPlaces, at, { image: name }));
  if (path === undefined) {
    const storage = templateStorage(image);
    const finding =
      template === undefined
        ? diagnose(imageWithoutPlace, at, { image: name })
        : diagnose(templateWithoutPath, at, { image: name, storage });
    return found(finding);
  }
  if (url === undefined && template === undefined) {
    return { steps: [], requirements: [{ kind: "file", path, blocks: [], source: at }] };
  }
  const command: Argv =
    url === undefined
      ? ["pveam", "download", templateStorage(image), template ?? ""]
      : ["wget", "-nv", "-O", `${path}.part`, url];
  const sha256 = stringOf(image, "sha256")?.toLowerCase();
  const step = makeStep(image, "file", {
    phase: "host",
    title: `image ${name}`,
    probe: {
      kind: "image-absent",
      path,
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(url === undefined ? {} : { url }),
    },
    commands: [command],
  });
  return { steps: [{ ...step, id: image.address }], requirements: storageNeeds(image, model) };
}

function storageNeeds(image: Resource, model: Model): readonly Requirement[] {
  const storage = templateStorage(image);
  if (stringOf(image, "template") === undefined || storageById(model, storage) !== undefined) return [];
  return [{ kind: "storage", storage, content: "vztmpl", blocks: [], source: image.headSpan }];
}

function found(finding: ReturnType<typeof diagnose>): Lowered {
  return { steps: [], requirements: [], diagnostics: [finding] };
}
