import type { Value } from "../../plugin-api/index.js";

/** Words that make a name a secret's by themselves. */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  ...["pass", "passwd", "password", "passphrase", "passcode", "pwd", "secret", "secrets", "token", "tokens"],
  ...["credential", "credentials", "apikey", "psk"],
]);

/** Words that make a key a secret one: `api_key`, `privateKey`; a `public_key` or `ssh_keys` is none. */
const SECRET_KEYS: ReadonlySet<string> = new Set([
  ...["api", "private", "secret", "access", "auth", "encryption", "signing", "master", "license"],
]);

/** Last words of names that say where a secret is, or something about it, rather than what it is. */
const ABOUT: ReadonlySet<string> = new Set([
  ...["file", "files", "path", "dir", "folder", "url", "uri", "name", "env", "id", "length", "policy", "ttl", "expiry"],
]);

/** Whether a name reads like that of a secret: `DATABASE_PASS`, `adminPassword`, `api-key`; not `token_file`. */
export function looksSecret(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  if (ABOUT.has(words.at(-1) ?? "")) return false;
  return words.some(
    (word, i) => SECRET_WORDS.has(word) || (/^keys?$/.test(word) && SECRET_KEYS.has(words[i - 1] ?? "")),
  );
}

/** All texts inside a value. */
export function stringsIn(value: Value): readonly string[] {
  if (value.type === "string") return [value.value];
  if (value.type === "list") return value.items.flatMap(stringsIn);
  return value.type === "map" ? value.entries.flatMap(([, inner]) => stringsIn(inner)) : [];
}
