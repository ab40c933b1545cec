import { refOf, stringOf } from "../../plugin-api/index.js";
import type { Model, OptionType, Resource } from "../../plugin-api/index.js";

/**
 * A reference to an image of a registry, as skopeo's transport `docker:` reads it: a host with a dot or a port, a repository,
 * and a tag or a digest. skopeo refuses one with both. `pct create` takes 255 characters for a volume.
 */
export const registryReference: OptionType = {
  type: "string",
  pattern:
    "(?:[a-z0-9][a-z0-9-]*(?:\\.[a-z0-9][a-z0-9-]*)+(?::[0-9]{1,5})?|[a-z0-9][a-z0-9-]*:[0-9]{1,5})" +
    "(?:/[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*)+" +
    "(?::[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|@sha256:[0-9a-f]{64})",
  describe:
    "REGISTRY/REPOSITORY with a tag or a digest, not both, as docker.io/library/nginx:1.29 or ghcr.io/owner/name@sha256:<64 digits>",
  maxLength: 200,
};

/** Whether a reference names a content, and not a tag that may be moved. */
export function isPinned(reference: string): boolean {
  return reference.includes("@sha256:");
}

/**
 * The name of the archive that an image of a registry becomes. No two references have the same: neither repositories nor tags
 * hold a plus or an equals sign, and skopeo takes what follows a colon for a tag in the archive.
 */
export function registryFile(reference: string): string {
  return `${reference.replaceAll("/", "+").replaceAll(/[:@]/g, "=")}.tar`;
}

/** Whether a guest is made from an image of a registry. */
export function isFromRegistry(guest: Resource, model: Model): boolean {
  const image = model.resources.get(refOf(guest, "image") ?? "");
  return image !== undefined && stringOf(image, "oci") !== undefined;
}
