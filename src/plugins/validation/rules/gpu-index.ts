import { defineRule, diagnose, gpus, listOf, valueOf } from "../../../plugin-api/index.js";
import type { Resource } from "../../../plugin-api/index.js";
import { factsOf, placeOf } from "../facts.js";
import { gpuUnknown } from "../findings/resources.js";

/** Guests use GPUs that their host has, where it declares them. */
export const gpuIndex = defineRule({
  name: "gpu/index",
  check(model, report) {
    for (const { resource, host } of factsOf(model).guests) {
      const known = host === undefined ? undefined : hostGpus(host);
      if (host === undefined || known === undefined) continue;
      for (const index of gpus(resource) ?? []) {
        if (known.includes(index)) continue;
        const related = [{ span: placeOf(host, "gpus"), message: `the GPUs of host ${host.name}` }];
        const listed = known.length === 0 ? "none" : known.join(", ");
        report(diagnose(gpuUnknown, placeOf(resource, "gpus"), { index, host: host.name, known: listed }, { related }));
      }
    }
  },
});

/** The numbers of a host's GPUs: PCI addresses count from 0 in the order written. */
function hostGpus(host: Resource): readonly number[] | undefined {
  if (valueOf(host, "gpus") === undefined) return undefined;
  return listOf(host, "gpus").map((value, index) => (value.type === "number" ? value.value : index));
}
