import { defineRule, diagnose, settingOf } from "../../../plugin-api/index.js";
import { factsOf } from "../facts.js";
import { cloneSettingIdle } from "../findings/lifecycle.js";

const SETTINGS = ["clone_snapshot", "clone_mode"] as const;

/** How to clone says nothing where nothing is cloned. */
export const cloneSettingIdleRule = defineRule({
  name: "clone/setting-idle",
  check(model, report) {
    for (const { resource, label } of factsOf(model).guests) {
      if (settingOf(resource, "clone") !== undefined) continue;
      for (const name of SETTINGS) {
        const setting = settingOf(resource, name);
        if (setting === undefined || setting.value.type === "error") continue;
        report(diagnose(cloneSettingIdle, setting.nameSpan, { guest: label, name }));
      }
    }
  },
});
