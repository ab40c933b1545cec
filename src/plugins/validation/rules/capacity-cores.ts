import { defineRule, diagnose, numberOf } from "../../../plugin-api/index.js";
import { factsOf, placeOf } from "../facts.js";
import { coresOfOne } from "../findings/resources.js";

/** No guest has more cores than its host, where it declares any. Proxmox does not check this. */
export const capacityCores = defineRule({
  name: "capacity/cores",
  check(model, report) {
    for (const { resource, host, label } of factsOf(model).guests) {
      const hostCores = host === undefined ? undefined : numberOf(host, "cores");
      const cores = numberOf(resource, "cores");
      if (host === undefined || hostCores === undefined || cores === undefined || cores <= hostCores) continue;
      const related = [{ span: placeOf(host, "cores"), message: `the cores of host ${host.name}` }];
      const args = { guest: label, cores, host: host.name, hostCores };
      report(diagnose(coresOfOne, placeOf(resource, "cores"), args, { related }));
    }
  },
});
