import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { diskKey, effectiveDisks } from "../disks.js";
import { bytes, factsOf, placeOf } from "../facts.js";
import { cloneDiskShrinks } from "../findings/lifecycle.js";

/** A clone starts with the disks of its source, and disks are never shrunk. */
export const cloneDiskSize = defineRule({
  name: "clone/disk-size",
  check(model, report) {
    const facts = factsOf(model);
    for (const guest of facts.guests) {
      const source = guest.clone === undefined ? undefined : facts.byAddress.get(guest.clone.address);
      if (source === undefined || source.resource.kind !== guest.resource.kind) continue;
      const inherited = new Map(effectiveDisks(source, facts).map((disk) => [disk.key, disk]));
      for (const disk of guest.disks) {
        const from = inherited.get(diskKey(disk));
        if (disk.size === undefined || from?.size === undefined || disk.size >= from.size) continue;
        const related = [{ span: placeOf(from.section, "size"), message: "the source's size" }];
        const args = { disk: disk.name, size: bytes(disk.size), source: source.label, sourceSize: bytes(from.size) };
        report(diagnose(cloneDiskShrinks, placeOf(disk.section, "size"), args, { related }));
      }
    }
  },
});
