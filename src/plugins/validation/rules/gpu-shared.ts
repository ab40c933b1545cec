import { defineRule, diagnose, gpus } from "../../../plugin-api/index.js";
import { factsOf, phrase, placeOf, push } from "../facts.js";
import type { Guest } from "../facts.js";
import { gpuShared } from "../findings/resources.js";

/** Guests that all start with the host and use one GPU share its memory. */
export const gpuSharedRule = defineRule({
  name: "gpu/shared",
  check(model, report) {
    const users = new Map<string, Guest[]>();
    for (const guest of factsOf(model).guests) {
      if (!guest.starts) continue;
      for (const index of gpus(guest.resource) ?? []) push(users, `${guest.host?.name ?? ""} ${index}`, guest);
    }
    for (const [key, sharing] of users) {
      const [first, second] = sharing;
      if (first === undefined || second === undefined) continue;
      const index = Number(key.slice(key.lastIndexOf(" ") + 1));
      const related = sharing
        .filter((guest) => guest !== second)
        .map((guest) => ({ span: placeOf(guest.resource, "gpus"), message: guest.label }));
      const args = { index, guests: phrase(sharing.map((guest) => guest.label)) };
      report(diagnose(gpuShared, placeOf(second.resource, "gpus"), args, { related }));
    }
  },
});
