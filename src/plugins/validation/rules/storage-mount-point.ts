import { defineRule, diagnose, sectionsOf, stringOf } from "../../../plugin-api/index.js";
import type { Section } from "../../../plugin-api/index.js";
import { factsOf, placeOf } from "../facts.js";
import { duplicateMountPoint } from "../findings/resources.js";

/** A guest mounts one thing at one place: mounts, volumes and disks together. */
export const storageMountPoint = defineRule({
  name: "storage/mount-point",
  check(model, report) {
    for (const { resource, label } of factsOf(model).guests) {
      const first = new Map<string, Section>();
      for (const section of ["mount", "disk", "volume"].flatMap((kind) => sectionsOf(resource, kind))) {
        const written = stringOf(section, "at");
        if (written === undefined) continue;
        const at = written.length > 1 ? written.replace(/\/+$/, "") : written;
        const known = first.get(at);
        if (known === undefined) {
          first.set(at, section);
          continue;
        }
        const related = [{ span: placeOf(known, "at"), message: "it is mounted here" }];
        report(diagnose(duplicateMountPoint, placeOf(section, "at"), { at, guest: label }, { related }));
      }
    }
  },
});
