import {
  defineRule,
  diagnose,
  didYouMean,
  disks,
  lxcKeyProblem,
  lxcKeys,
  resourcesOf,
  sectionOf,
} from "../../plugin-api/index.js";
import { keyOfVolumes, unknownRawKey } from "./findings.js";
import { ctSections, rootfsKeys } from "./options.js";

/** The root file system has fewer keys than other volumes. */
export const rootKeys = defineRule({
  name: "ct/keys-of-volumes-at-the-root",
  check: (model, report) => {
    const specs = ctSections["disk"]?.options ?? {};
    for (const { section, root } of resourcesOf(model, "ct").flatMap((guest) => disks(guest))) {
      if (!root) continue;
      for (const [attribute, setting] of section.settings) {
        const key = specs[attribute]?.writes?.split(".")[1];
        if (key === undefined || key === "mp" || Object.hasOwn(rootfsKeys, key)) continue;
        report(diagnose(keyOfVolumes, setting.nameSpan, { attribute }));
      }
    }
  },
});

/** Raw lines that Proxmox would drop, or LXC not read. */
export const rawKeys = defineRule({
  name: "ct/raw-keys",
  check: (model, report) => {
    for (const guest of resourcesOf(model, "ct")) {
      for (const { name: key, nameSpan, value } of sectionOf(guest, "raw")?.settings.values() ?? []) {
        const problem = lxcKeyProblem(key);
        // A line that is to go may be any.
        if (problem === undefined || value.type === "absent") continue;
        const alike = didYouMean(
          key,
          lxcKeys.map((name) => `lxc.${name}`),
        );
        report(diagnose(unknownRawKey, nameSpan, { key, why: problem.why, instead: problem.instead ?? alike }));
      }
    }
  },
});
