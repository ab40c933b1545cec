import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { factsOf, placeOf } from "../facts.js";
import { storageContent } from "../findings/resources.js";
import { storageUses } from "../storage-uses.js";

/** Each storage takes the content that guests and images put on it. Only declared storages with a content list are judged. */
export const storageContentRule = defineRule({
  name: "storage/content",
  check(model, report) {
    const facts = factsOf(model);
    for (const { storage, needed, use, at } of storageUses(model)) {
      const declared = facts.storages.get(storage);
      if (declared === undefined || declared.content.length === 0 || declared.content.includes(needed)) continue;
      const related = [{ span: placeOf(declared.section, "content"), message: "what it takes" }];
      const args = { storage, needed, use, content: declared.content.join(", ") };
      report(diagnose(storageContent, at, args, { related }));
    }
  },
});
