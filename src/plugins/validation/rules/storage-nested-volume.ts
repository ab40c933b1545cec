import { defineRule, diagnose, sectionsOf, stringOf } from "../../../plugin-api/index.js";
import { factsOf, placeOf } from "../facts.js";
import { nestedVolume } from "../findings/resources.js";

/** No volume of a guest lies inside another volume that it mounts. */
export const storageNestedVolume = defineRule({
  name: "storage/nested-volume",
  check(model, report) {
    for (const { resource } of factsOf(model).guests) {
      const volumes = sectionsOf(resource, "volume").flatMap((section) => {
        const from = stringOf(section, "from");
        return from === undefined ? [] : [{ section, from: from.replace(/\/+$/, "") }];
      });
      if (volumes.length < 2) continue;
      for (const { section, from } of volumes) {
        const outer = volumes.find((other) => other.section !== section && from.startsWith(`${other.from}/`));
        if (outer === undefined) continue;
        const related = [{ span: placeOf(outer.section, "from"), message: "the outer volume" }];
        report(diagnose(nestedVolume, placeOf(section, "from"), { from, outer: outer.from }, { related }));
      }
    }
  },
});
