import { defineRule, diagnose, isUnprivileged } from "../../../plugin-api/index.js";
import type { Diagnostic, GuestMount, Model } from "../../../plugin-api/index.js";
import { argPlaceOf, factsOf, phrase, placeOf, push } from "../facts.js";
import type { Guest } from "../facts.js";
import { sharedPathNoOwner, sharedPathOneOwner, sharedPathOwners } from "../findings/resources.js";

/** Proxmox's default id map of unprivileged containers: the container's id 0 is this one on the host. */
const ID_SHIFT = 100_000;

interface Sharer {
  readonly guest: Guest;
  readonly mount: GuestMount;
  /** `uid:gid` as the host sees them; `undefined` when the files do not say. */
  readonly owner: string | undefined;
}

/** Guests that mount one host path agree about its owner. */
export const storageSharedPath = defineRule({
  name: "storage/shared-path",
  check(model, report) {
    const byPath = new Map<string, Sharer[]>();
    for (const guest of factsOf(model).guests) {
      for (const mount of guest.mounts) {
        const owner = hostOwner(mount, guest, model);
        push(byPath, withoutSlash(mount.hostPath), { guest, mount, owner });
      }
    }
    for (const [path, sharers] of byPath) {
      const declared = sharers.filter((sharer) => sharer.owner !== undefined);
      const [first, ...others] = declared;
      if (sharers.length < 2) continue;
      if (first?.owner === undefined) {
        const finding = nobodysFinding(path, sharers);
        if (finding !== undefined) report(finding);
        continue;
      }
      const contrary = others.find((sharer) => sharer.owner !== first.owner);
      if (contrary !== undefined) {
        const owners = phrase(declared.map(({ guest, owner }) => `${owner} for ${guest.label}`));
        const related = [{ span: placeOf(first.mount.section, "owner"), message: first.guest.label }];
        const at = placeOf(contrary.mount.section, "owner");
        report(diagnose(sharedPathOwners, at, { path, owners }, { related }));
      } else if (declared.length === 1) {
        const rest = sharers.filter((sharer) => sharer !== first);
        const related = rest.map(({ guest, mount }) => ({
          span: argPlaceOf(mount.section, "path"),
          message: `${guest.label} mounts it`,
        }));
        const args = { path, owner: first.owner, guest: first.guest.label, others: phrase(labels(rest)) };
        report(diagnose(sharedPathOneOwner, argPlaceOf(first.mount.section, "path"), args, { related }));
      }
    }
  },
});

/** Where all only read, the directory is made by something else. */
function nobodysFinding(path: string, sharers: readonly Sharer[]): Diagnostic | undefined {
  const writer = sharers.find(({ mount }) => mount.readonly !== true);
  if (writer === undefined || new Set(labels(sharers)).size < 2) return undefined;
  const related = sharers
    .filter((sharer) => sharer !== writer)
    .map(({ guest, mount }) => ({ span: argPlaceOf(mount.section, "path"), message: `${guest.label} mounts it` }));
  const args = { path, guests: phrase(labels(sharers)) };
  return diagnose(sharedPathNoOwner, argPlaceOf(writer.mount.section, "path"), args, { related });
}

function labels(sharers: readonly Sharer[]): readonly string[] {
  return sharers.map(({ guest }) => guest.label);
}

function hostOwner(mount: GuestMount, guest: Guest, model: Model): string | undefined {
  if (mount.owner === undefined) return undefined;
  const shift = isUnprivileged(guest.resource, model) ? ID_SHIFT : 0;
  return `${mount.owner.uid + shift}:${mount.owner.gid + shift}`;
}

function withoutSlash(path: string): string {
  return path.length > 1 ? path.replace(/\/+$/, "") : path;
}
