import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { factsOf, placeOf } from "../facts.js";
import { cloneSnapshotMissing, cloneSourceUnsettled } from "../findings/lifecycle.js";
import { cloneOfSeries } from "../findings/snapshots.js";

/** A clone is made from a template or from a snapshot that its source declares: from something that stays as it is. */
export const cloneSourceState = defineRule({
  name: "clone/source-state",
  check(model, report) {
    const facts = factsOf(model);
    for (const { resource, clone } of facts.guests) {
      const source = clone === undefined ? undefined : facts.byAddress.get(clone.address);
      if (clone === undefined || source === undefined) continue;
      // A source of the other kind is refused by a rule of its own, and a clone of itself is a cycle.
      if (source.resource.kind !== resource.kind || source.resource === resource) continue;
      const related = [{ span: source.resource.headSpan, message: "the source" }];
      if (clone.snapshot === undefined) {
        if (!source.template) report(diagnose(cloneSourceUnsettled, clone.span, { source: source.label }, { related }));
        continue;
      }
      const named = source.snapshots.find(({ name }) => name === clone.snapshot);
      if (named?.keep !== undefined) {
        const names = { source: source.label, snapshot: named.name };
        report(diagnose(cloneOfSeries, placeOf(resource, "clone_snapshot"), names, { related }));
        continue;
      }
      if (named !== undefined) continue;
      const known = source.snapshots.flatMap(({ name, keep }) => (keep === undefined ? [name] : []));
      const args = { source: source.label, snapshot: clone.snapshot, known, isTemplate: source.template };
      report(diagnose(cloneSnapshotMissing, placeOf(resource, "clone_snapshot"), args, { related }));
    }
  },
});
