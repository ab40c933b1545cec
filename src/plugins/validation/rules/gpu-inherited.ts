import { defineRule, diagnose, gpus } from "../../../plugin-api/index.js";
import { cloneChain, factsOf, phrase, placeOf } from "../facts.js";
import type { Facts, Guest } from "../facts.js";
import { gpuInherited, gpuUndeclared } from "../findings/resources.js";

/** A clone starts with the GPUs of its sources: those that it does not declare are removed, or kept when it declares none. */
export const gpuInheritedRule = defineRule({
  name: "gpu/inherited",
  check(model, report) {
    const facts = factsOf(model);
    for (const guest of facts.guests) {
      const sources = sourcesWithGpus(guest, facts);
      const [nearest] = sources;
      if (nearest === undefined) continue;
      const own = gpus(guest.resource);
      const related = sources.map((source) => ({ span: placeOf(source.resource, "gpus"), message: source.label }));
      if (own === undefined) {
        const kept = gpus(nearest.resource) ?? [];
        const args = { guest: guest.label, source: nearest.label, gpus: phrase(kept.map(String)) };
        if (kept.length > 0) report(diagnose(gpuUndeclared, placeOf(guest.resource, "clone"), args, { related }));
        continue;
      }
      const carried = new Set(sources.flatMap((source) => gpus(source.resource) ?? []));
      const extra = [...carried].filter((index) => !own.includes(index)).toSorted((a, b) => a - b);
      if (extra.length === 0) continue;
      const bearer = sources.find((source) => gpus(source.resource)?.some((index) => extra.includes(index)));
      const args = { guest: guest.label, extra: phrase(extra.map(String)), from: (bearer ?? nearest).label };
      report(diagnose(gpuInherited, placeOf(guest.resource, "gpus"), args, { related }));
    }
  },
});

/** The guest's clone sources that declare GPUs, nearest first; an old snapshot may still carry those of any of them. */
function sourcesWithGpus(guest: Guest, facts: Facts): readonly Guest[] {
  return cloneChain(guest, facts).filter((source) => gpus(source.resource) !== undefined);
}
