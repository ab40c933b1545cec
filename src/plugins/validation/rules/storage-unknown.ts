import { defineRule, diagnose, didYouMean } from "../../../plugin-api/index.js";
import { factsOf } from "../facts.js";
import { storageUnknown } from "../findings/resources.js";
import { storageUses } from "../storage-uses.js";

/** Every installation has these, and few files declare them. */
const COMMON: ReadonlySet<string> = new Set(["local", "local-lvm", "local-zfs"]);

/**
 * Storages may be on the host already, so that one which no file declares is no mistake; one that is spelled almost like a
 * declared one is.
 */
export const storageUnknownRule = defineRule({
  name: "storage/unknown",
  check(model, report) {
    const facts = factsOf(model);
    for (const { storage, use, at } of storageUses(model)) {
      if (facts.storages.has(storage) || COMMON.has(storage)) continue;
      const meant = didYouMean(storage, facts.storages.keys());
      const declared = meant === undefined ? undefined : facts.storages.get(meant);
      if (meant === undefined || declared === undefined) continue;
      const related = [{ span: declared.section.headSpan, message: meant }];
      report(diagnose(storageUnknown, at, { storage, meant, use }, { related }));
    }
  },
});
