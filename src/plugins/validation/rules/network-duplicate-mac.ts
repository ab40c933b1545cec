import { defineRule, diagnose } from "../../../plugin-api/index.js";
import type { Span } from "../../../plugin-api/index.js";
import { factsOf, placeOf } from "../facts.js";
import { duplicateMac } from "../findings/network.js";

/** Two interfaces with one MAC address; case does not matter. */
export const networkDuplicateMac = defineRule({
  name: "network/duplicate-mac",
  check(model, report) {
    const first = new Map<string, { readonly label: string; readonly span: Span }>();
    for (const guest of factsOf(model).guests) {
      for (const net of guest.nets) {
        if (net.mac === undefined) continue;
        const key = net.mac.toLowerCase();
        const span = placeOf(net.section, "mac");
        const known = first.get(key);
        if (known === undefined) {
          first.set(key, { label: guest.label, span });
          continue;
        }
        const related = [{ span: known.span, message: `${known.label} has it here` }];
        report(diagnose(duplicateMac, span, { mac: net.mac, guest: guest.label, first: known.label }, { related }));
      }
    }
  },
});
