import { defineRule, diagnose, disks, qmConfig, resourcesOf } from "../../plugin-api/index.js";
import { keyOfOtherBus } from "./findings.js";
import { vmSections } from "./options.js";

/** A disk's attributes are keys of its property string, and not every bus has all of them: a virtio disk is no SSD. */
export const busKeys = defineRule({
  name: "vm/disk-keys-of-the-bus",
  check: (model, report) => {
    const specs = vmSections["disk"]?.options ?? {};
    for (const { section, slot, name } of resourcesOf(model, "vm").flatMap((guest) => disks(guest))) {
      const bus = slot.replace(/\d+$/, "");
      const keys = qmConfig[`${bus}[n]`]?.keys?.keys;
      for (const [attribute, setting] of section.settings) {
        const key = specs[attribute]?.writes?.split(".")[1];
        if (setting.value.type === "absent" || key === undefined || keys === undefined || Object.hasOwn(keys, key))
          continue;
        report(diagnose(keyOfOtherBus, setting.span, { disk: name, attribute, bus }));
      }
    }
  },
});
