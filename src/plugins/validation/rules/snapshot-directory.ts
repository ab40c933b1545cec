import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { effectiveDisks } from "../disks.js";
import { factsOf } from "../facts.js";
import { snapshotOnDirectory } from "../findings/lifecycle.js";

/** Containers' volumes on a directory storage are raw files, of which Proxmox takes no snapshots. */
export const snapshotDirectory = defineRule({
  name: "snapshot/directory",
  check(model, report) {
    const facts = factsOf(model);
    for (const guest of facts.guests) {
      const [first] = guest.snapshots;
      if (first === undefined || guest.resource.kind !== "ct" || guest.mounts.length > 0) continue;
      const raw = effectiveDisks(guest, facts).find(
        (disk) => disk.storage !== undefined && facts.storages.get(disk.storage)?.type === "dir",
      );
      if (raw?.storage === undefined) continue;
      const related = [{ span: raw.section.headSpan, message: "the volume" }];
      const args = { guest: guest.label, storage: raw.storage };
      report(diagnose(snapshotOnDirectory, first.section.headSpan, args, { related }));
    }
  },
});
