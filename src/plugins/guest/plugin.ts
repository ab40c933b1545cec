import { definePlugin, defineRule, diagnose, guests, settingOf, stringsOf } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";
import { slots } from "./slots.js";
import { isAttribute } from "./features.js";
import { checkFindings } from "./findings-checks.js";
import { featureFindings } from "./findings-features.js";
import { featureIsAttribute, guestFindings } from "./findings.js";
import { systemFindings } from "./findings-systems.js";
import { volumeFindingKinds } from "./findings-volumes.js";
import { systemsFit } from "./system-rules.js";

/** What Proxmox calls the features of a container are attributes here. */
const attributes = defineRule({
  name: "guest/feature-is-attribute",
  check: (model, report) => {
    for (const guest of guests(model)) {
      const names = stringsOf(guest, "features").filter((name) => isAttribute(guest, name));
      const span = settingOf(guest, "features")?.span;
      if (names.length > 0 && span !== undefined) report(diagnose(featureIsAttribute, span, { names }));
    }
  },
});

const diagnostics: readonly DiagnosticKind<never>[] = [
  ...guestFindings,
  ...checkFindings,
  ...featureFindings,
  ...volumeFindingKinds,
  ...systemFindings,
];

/** What both kinds of guests share: findings, and notes about what is accepted and not compiled. */
export const guestPlugin = definePlugin({ name: "guest", rules: [attributes, slots, systemsFit], diagnostics });
