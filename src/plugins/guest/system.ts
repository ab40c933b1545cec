import { cloneSource, perResource, refOf, stringOf } from "../../plugin-api/index.js";
import type { Model, OperatingSystem, Resource } from "../../plugin-api/index.js";
import { declaredSystem } from "./preset.js";

/** Families of guests: those of Linux, and what is none. */
type GuestFamily = OperatingSystem["family"];

/** Words in `ostype` of a container and in the names of images, as their makers call them. */
const WORDS: Readonly<Record<string, GuestFamily>> = {
  alpine: "alpine",
  arch: "arch",
  archlinux: "arch",
  debian: "debian",
  devuan: "debian",
  ubuntu: "debian",
  noble: "debian",
  jammy: "debian",
  plucky: "debian",
  bookworm: "debian",
  trixie: "debian",
  almalinux: "redhat",
  centos: "redhat",
  fedora: "redhat",
  rockylinux: "redhat",
  rocky: "redhat",
  opensuse: "suse",
  sles: "suse",
  freebsd: "freebsd",
  win: "windows",
  windows: "windows",
};

/** The family of a guest's system, as far as its type, its image or its ancestors' say it; `undefined` when they do not. */
export const systemOf = perResource(findSystem);

function findSystem(resource: Resource, model: Model): GuestFamily | undefined {
  const seen = new Set<Resource>();
  for (let at: Resource | undefined = resource; at !== undefined; at = cloneSource(at, model)?.resource) {
    if (seen.has(at)) return undefined;
    seen.add(at);
    const family =
      declaredSystem(at, model)?.system.family ?? familyOf(stringOf(at, "ostype")) ?? familyOf(imageText(at, model));
    if (family !== undefined) return family;
  }
  return undefined;
}

function imageText(resource: Resource, model: Model): string | undefined {
  const image = model.resources.get(refOf(resource, "image") ?? "");
  if (image === undefined) return stringOf(resource, "image");
  return ["template", "url", "path"].map((name) => stringOf(image, name)).find((text) => text !== undefined);
}

function familyOf(text: string | undefined): GuestFamily | undefined {
  const words =
    (text ?? "")
      .toLowerCase()
      .split("/")
      .at(-1)
      ?.match(/[a-z]+/g) ?? [];
  return words
    .map((word) => (Object.hasOwn(WORDS, word) ? WORDS[word] : undefined))
    .find((family) => family !== undefined);
}
