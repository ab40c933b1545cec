import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { clearSecrets } from "../clear-text.js";
import { secretInClear } from "../findings/secrets.js";

/** Settings whose name says password, token or key hold no literal value. */
export const secretClearText = defineRule({
  name: "secret/clear-text",
  check(model, report) {
    for (const { kind, name, span, texts } of clearSecrets(model)) {
      if (kind === "name") report(diagnose(secretInClear, span, { name }, { secrets: texts }));
    }
  },
});
