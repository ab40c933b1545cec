import { boolOf, cloneSource, guestRef, isTemplate, refOf, sha256, stringOf, textOf } from "../../plugin-api/index.js";
import type { Model, Resource, Step } from "../../plugin-api/index.js";
import { makeStep } from "./step.js";
import { rootStorage } from "./source.js";

/**
 * What a template is made from, and what no later run can change of it: its image or the guest that it is cloned from, its
 * storage, and the work in it. Options are not among it: a template takes them over at once.
 */
export function inputSteps(resource: Resource, model: Model, steps: readonly Step[]): readonly Step[] {
  if (!isTemplate(resource)) return [];
  const source = cloneSource(resource, model)?.resource;
  return [
    makeStep(resource, "inputs", {
      phase: "define",
      title: "what it is made from",
      probe: {
        kind: "template-inputs",
        guest: guestRef(resource),
        // Only an output that shows them needs the digests.
        get inputs() {
          return Object.fromEntries([...madeFrom(resource, model, source), ...workIn(steps)]);
        },
      },
      commands: [],
    }),
  ];
}

type Input = readonly [name: string, value: string];

function madeFrom(resource: Resource, model: Model, source: Resource | undefined): readonly Input[] {
  const image = imageInput(resource, model);
  const storage = rootStorage(resource, model);
  const unprivileged = boolOf(resource, "unprivileged");
  return [
    ...(image === undefined ? [] : [["image", image] as const]),
    ...(source === undefined ? [] : [["source", source.address] as const]),
    ...(storage === undefined ? [] : [["storage", storage] as const]),
    ...(unprivileged === undefined ? [] : [["unprivileged", unprivileged ? "1" : "0"] as const]),
  ];
}

/** What tells one image from another: its checksum, else where it comes from or lies. */
function imageInput(resource: Resource, model: Model): string | undefined {
  const address = refOf(resource, "image");
  const image = address === undefined ? undefined : model.resources.get(address);
  if (image === undefined) {
    const named = stringOf(resource, "image");
    return named === undefined ? undefined : shortDigest(named);
  }
  const [known] = ["sha512", "sha256", "oci", "url", "template", "path"].flatMap((name) => {
    const value = textOf(image.settings.get(name)?.value);
    return value === undefined ? [] : [name.startsWith("sha") ? value.toLowerCase() : value];
  });
  return shortDigest(known ?? image.name);
}

/** The features and scripts, each with the digest of its text and its parameters. */
function workIn(steps: readonly Step[]): readonly Input[] {
  return steps.flatMap(({ probe }) => (probe.kind === "guest-work" ? [[probe.name, probe.digest] as const] : []));
}

function shortDigest(text: string): string {
  return sha256(text).slice(0, 32);
}
