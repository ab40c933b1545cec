import { defineRule, diagnose } from "../../../plugin-api/index.js";
import type { Setting, Value } from "../../../plugin-api/index.js";
import { secretInClear } from "../findings/secrets.js";
import { looksSecret, stringsIn } from "../secrets.js";
import { settingsOf } from "../settings.js";

/** Settings whose name says password, token or key hold no literal value. */
export const secretClearText = defineRule({
  name: "secret/clear-text",
  check(model, report) {
    for (const setting of settingsOf(model)) {
      for (const name of secretNames(setting)) report(diagnose(secretInClear, setting.span, { name }));
    }
  },
});

function secretNames(setting: Setting): readonly string[] {
  const named = looksSecret(setting.name) && stringsIn(setting.value).some(isLiteral) ? [setting.name] : [];
  return [...named, ...mapNames(setting.value)];
}

/** The keys of maps inside a value that look like secrets and have literal values. */
function mapNames(value: Value): readonly string[] {
  if (value.type === "list") return value.items.flatMap(mapNames);
  if (value.type !== "map") return [];
  return value.entries.flatMap(([key, inner]) => {
    const isSecret = looksSecret(key) && stringsIn(inner).some(isLiteral);
    return [...(isSecret ? [key] : []), ...mapNames(inner)];
  });
}

/** Not empty, and not a reference to where the secret really is: a path, a variable, a placeholder. */
function isLiteral(text: string): boolean {
  return text !== "" && !/^(\/|\$\{?[A-Za-z_]|<[^>]*>$|NOT_SET$)/.test(text);
}
