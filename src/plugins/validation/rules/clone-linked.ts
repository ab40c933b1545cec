import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { effectiveDisks } from "../disks.js";
import { factsOf, placeOf } from "../facts.js";
import type { Facts, Guest } from "../facts.js";
import { linkedCloneElsewhere, linkedCloneNeedsTemplate } from "../findings/lifecycle.js";

/** A linked clone shares the disk of a template: it needs one, takes no snapshot, and stays on its storage. */
export const cloneLinked = defineRule({
  name: "clone/linked",
  check(model, report) {
    const facts = factsOf(model);
    for (const guest of facts.guests) {
      const { clone, resource } = guest;
      const source = clone === undefined ? undefined : facts.byAddress.get(clone.address);
      if (clone?.mode !== "linked" || source === undefined) continue;
      const why = obstacle(source, clone.snapshot);
      if (why !== undefined) {
        const related = [{ span: source.resource.headSpan, message: "the source" }];
        const args = { source: source.label, why };
        report(diagnose(linkedCloneNeedsTemplate, placeOf(resource, "clone_mode"), args, { related }));
        continue;
      }
      const moved = movedDisk(guest, source, facts);
      if (moved === undefined) continue;
      const args = { storage: moved.to, source: source.label, sourceStorage: moved.from };
      report(diagnose(linkedCloneElsewhere, moved.span, args));
    }
  },
});

function obstacle(source: Guest, snapshot: string | undefined): string | undefined {
  if (snapshot !== undefined) return "it cannot be made from a snapshot";
  return source.template ? undefined : "it is not a template";
}

function movedDisk(guest: Guest, source: Guest, facts: Facts) {
  const sourceRoot = source.disks.find((disk) => disk.root);
  const from = effectiveDisks(source, facts).find((disk) => disk.section === sourceRoot?.section)?.storage;
  const root = guest.disks.find((disk) => disk.root);
  if (root?.storage === undefined || from === undefined || root.storage === from) return undefined;
  return { from, to: root.storage, span: placeOf(root.section, "storage") };
}
