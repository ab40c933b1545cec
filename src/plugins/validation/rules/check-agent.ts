import { argOf, defineRule, diagnose, sectionsOf, settingOf } from "../../../plugin-api/index.js";
import type { Value } from "../../../plugin-api/index.js";
import { factsOf, inheritedSetting } from "../facts.js";
import { checkWithoutAgent } from "../findings/lifecycle.js";

/** What is asked inside of the guest. */
const INSIDE = ["run", "service", "script", "agent", "cloud_init"] as const;

/** Commands reach a virtual machine only through its agent; containers need none. */
export const checkAgentRule = defineRule({
  name: "check/agent",
  check(model, report) {
    const facts = factsOf(model);
    for (const guest of facts.guests.filter(({ resource, template }) => resource.kind === "vm" && !template)) {
      const { resource, label } = guest;
      const agent = inheritedSetting(guest, "agent", facts);
      if (agent !== undefined && !isOff(agent.value)) continue;
      for (const section of sectionsOf(resource, "check")) {
        const asked = INSIDE.map((name) => settingOf(section, name)).find((setting) => setting !== undefined);
        if (asked === undefined || isOff(asked.value)) continue;
        const args = { guest: label, check: argOf(section, "name") ?? "", isSaid: agent !== undefined };
        const related = agent === undefined ? [] : [{ span: agent.span, message: "turned off here" }];
        report(diagnose(checkWithoutAgent, asked.nameSpan, args, { related }));
      }
    }
  },
});

function isOff(value: Value): boolean {
  return value.type === "absent" || (value.type === "bool" && !value.value);
}
