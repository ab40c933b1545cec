import { argOf, defineRule, diagnose, sectionsOf, settingOf } from "../../../plugin-api/index.js";
import type { Value } from "../../../plugin-api/index.js";
import { factsOf, inheritedSetting } from "../facts.js";
import { checkWithoutAgent } from "../findings/lifecycle.js";

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
        const run = settingOf(section, "run");
        if (run === undefined) continue;
        const args = { guest: label, check: argOf(section, "name") ?? "", isSaid: agent !== undefined };
        const related = agent === undefined ? [] : [{ span: agent.span, message: "turned off here" }];
        report(diagnose(checkWithoutAgent, run.nameSpan, args, { related }));
      }
    }
  },
});

function isOff(value: Value): boolean {
  return value.type === "absent" || (value.type === "bool" && !value.value);
}
