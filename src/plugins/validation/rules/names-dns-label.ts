import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { argPlaceOf, factsOf } from "../facts.js";
import { nameNotLabel } from "../findings/lifecycle.js";

/** A DNS label holds at most 63 characters (RFC 1035). */
const LONGEST_LABEL = 63;

/** A guest's name becomes a host name: one DNS label. */
export const namesDnsLabel = defineRule({
  name: "names/dns-label",
  check(model, report) {
    for (const { resource } of factsOf(model).guests) {
      const why = reason(resource.name);
      if (why !== undefined) report(diagnose(nameNotLabel, argPlaceOf(resource, "name"), { name: resource.name, why }));
    }
  },
});

function reason(name: string): string | undefined {
  if (name.includes(".")) return "its dots part it into several";
  return name.length > LONGEST_LABEL ? `it has ${name.length} characters` : undefined;
}
