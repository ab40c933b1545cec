import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { credentialsInUrl } from "../findings/secrets.js";
import { stringsIn } from "../secrets.js";
import { settingsOf } from "../settings.js";

/** `scheme://user:password@host`; a password that is a variable is none. */
const CREDENTIALS = /[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:(?!\$)[^\s/@]+@/i;

/** No value holds a URL with a password. */
export const secretUrl = defineRule({
  name: "secret/url",
  check(model, report) {
    for (const setting of settingsOf(model)) {
      const found = stringsIn(setting.value).some((text) => CREDENTIALS.test(text));
      if (found) report(diagnose(credentialsInUrl, setting.span, { name: setting.name }));
    }
  },
});
