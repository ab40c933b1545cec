import { defineRule, diagnose, sizeOf } from "../../../plugin-api/index.js";
import { bytes, factsOf, inheritedSetting, placeOf } from "../facts.js";
import type { Facts, Guest } from "../facts.js";
import { memoryOfOne, memorySum } from "../findings/resources.js";

/** Guests fit the memory of their host, where it declares any: each VM alone, and together those that start. */
export const capacityMemory = defineRule({
  name: "capacity/memory",
  check(model, report) {
    const facts = factsOf(model);
    for (const host of facts.hosts) {
      const memory = sizeOf(host, "memory");
      if (memory === undefined) continue;
      const own = facts.guests.filter((guest) => guest.host === host && !guest.template);
      const related = [{ span: placeOf(host, "memory"), message: `the memory of host ${host.name}` }];
      for (const guest of own) {
        const wanted = memoryOf(guest, facts);
        if (guest.resource.kind !== "vm" || wanted <= memory) continue;
        const args = { guest: guest.label, memory: bytes(wanted), host: host.name, hostMemory: bytes(memory) };
        report(diagnose(memoryOfOne, placeOf(guest.resource, "memory"), args, { related }));
      }
      const starting = own.filter((guest) => guest.starts);
      const sum = starting.reduce((total, guest) => total + memoryOf(guest, facts), 0);
      if (sum <= memory) continue;
      const args = { sum: bytes(sum), host: host.name, memory: bytes(memory), count: starting.length };
      report(diagnose(memorySum, placeOf(host, "memory"), args));
    }
  },
});

/** In bytes; 0 when neither the guest nor a source of its clone says any. */
function memoryOf(guest: Guest, facts: Facts): number {
  const value = inheritedSetting(guest, "memory", facts)?.value;
  return value?.type === "size" ? value.value : 0;
}
