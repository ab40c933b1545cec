import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { clearSecrets } from "../clear-text.js";
import { credentialsInUrl } from "../findings/secrets.js";

/** No value holds a URL with a password. */
export const secretUrl = defineRule({
  name: "secret/url",
  check(model, report) {
    for (const { kind, name, span, texts } of clearSecrets(model)) {
      if (kind === "url") report(diagnose(credentialsInUrl, span, { name }, { secrets: texts }));
    }
  },
});
