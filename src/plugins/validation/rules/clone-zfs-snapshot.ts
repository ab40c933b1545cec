import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { factsOf, placeOf } from "../facts.js";
import { vmCloneFromZfsSnapshot } from "../findings/lifecycle.js";
import { effectiveDisks } from "../disks.js";

/** `qm clone --snapname` is impossible when the source's disk is on a zfspool storage. */
export const cloneZfsSnapshot = defineRule({
  name: "clone/zfs-snapshot",
  check(model, report) {
    const facts = factsOf(model);
    for (const { resource, clone } of facts.guests) {
      const source = clone === undefined ? undefined : facts.byAddress.get(clone.address);
      if (resource.kind !== "vm" || clone?.snapshot === undefined || source?.resource.kind !== "vm") continue;
      const onZfs = effectiveDisks(source, facts).find(
        (disk) => disk.storage !== undefined && facts.storages.get(disk.storage)?.type === "zfspool",
      );
      if (onZfs?.storage === undefined) continue;
      const related = [{ span: onZfs.section.headSpan, message: "the source's disk" }];
      const args = { source: source.label, storage: onZfs.storage };
      report(diagnose(vmCloneFromZfsSnapshot, placeOf(resource, "clone_snapshot"), args, { related }));
    }
  },
});
