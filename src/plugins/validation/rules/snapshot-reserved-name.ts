import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { argPlaceOf, factsOf } from "../facts.js";
import { snapshotNameReserved } from "../findings/lifecycle.js";

/** `qm` and `pct` refuse it: it stands for the present state. */
const RESERVED = "current";

/** Snapshot names that Proxmox keeps for itself. */
export const snapshotReservedName = defineRule({
  name: "snapshot/reserved-name",
  check(model, report) {
    for (const { name, section } of factsOf(model).guests.flatMap((guest) => guest.snapshots)) {
      if (name === RESERVED) report(diagnose(snapshotNameReserved, argPlaceOf(section, "name"), { name }));
    }
  },
});
