import { defineRule, diagnose } from "../../../plugin-api/index.js";
import { privateKey } from "../findings/secrets.js";
import { stringsIn } from "../secrets.js";
import { settingsOf } from "../settings.js";

/** The line that opens a private key in PEM and OpenSSH form, and those of PuTTY and age. */
const PRIVATE_KEY = /-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY( BLOCK)?-----|PuTTY-User-Key-File-|AGE-SECRET-KEY-1/;

/** No value, whether written or read by `file()`, holds a private key: it would become part of the plan. */
export const secretPrivateKey = defineRule({
  name: "secret/private-key",
  check(model, report) {
    for (const setting of settingsOf(model)) {
      const holdsKey = stringsIn(setting.value).some((text) => PRIVATE_KEY.test(text));
      if (holdsKey) report(diagnose(privateKey, setting.span, { name: setting.name }));
    }
  },
});
