import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { factsOf, phrase } from "../facts.js";
import { snapshotOfMounts } from "../findings/lifecycle.js";

/** `pct snapshot` refuses a container with bind mounts; its snapshots make no step. */
export const snapshotBindMounts = defineRule({
  name: "snapshot/bind-mounts",
  check(model, report) {
    for (const guest of factsOf(model).guests) {
      const [first] = guest.snapshots;
      const [mount] = guest.mounts;
      if (first === undefined || mount === undefined) continue;
      const snapshots = phrase(guest.snapshots.map((snapshot) => `\`${snapshot.name}\``));
      const related = [{ span: mount.section.headSpan, message: "a bind mount" }];
      report(diagnose(snapshotOfMounts, first.section.headSpan, { guest: guest.label, snapshots }, { related }));
    }
  },
});
