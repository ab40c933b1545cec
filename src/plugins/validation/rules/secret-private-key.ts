import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { clearSecrets } from "../clear-text.js";
import { privateKey } from "../findings/secrets.js";

/** No value, whether written or read by `file()`, holds a private key: it would become part of the plan. */
export const secretPrivateKey = defineRule({
  name: "secret/private-key",
  check(model, report) {
    for (const { kind, name, span, texts } of clearSecrets(model)) {
      if (kind === "private-key") report(diagnose(privateKey, span, { name }, { secrets: texts }));
    }
  },
});
