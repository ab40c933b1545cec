import type { SourceFile } from "./source.js";

/**
 * What gives a secret away in a text: its name, the form of a private key, a password in a URL. Names decide for values of
 * attributes and JSON properties alike, so that both front ends and all outputs mean the same by a secret.
 */

/** Words that make a name a secret's by themselves. */
const SECRET_WORDS: ReadonlySet<string> = new Set([
  ...["pass", "passwd", "password", "passphrase", "passcode", "pwd", "secret", "secrets", "token", "tokens"],
  ...["credential", "credentials", "apikey", "psk"],
]);

/** Words that make a key a secret one: `api_key`, `privateKey`; a `public_key` or `ssh_keys` is none. */
const SECRET_KEYS: ReadonlySet<string> = new Set([
  ...["api", "private", "secret", "access", "auth", "encryption", "signing", "master", "license"],
]);

/** Names written without a seam: `dbpassword`, `clientsecret`. */
const JOINED = /(passw(or)?d(hash)?|passphrase|secret|apikey|privatekey)$/;

/** What all of these names share, and private keys too. */
const HINT = /pass|pwd|psk|secret|token|credential|key/i;

/** Last words of names that say where a secret is, or something about it, rather than what it is. */
const ABOUT: ReadonlySet<string> = new Set([
  ...["file", "files", "path", "dir", "folder", "url", "uri", "name", "env", "id", "length", "policy", "ttl", "expiry"],
]);

/** Whether a text may be the name of a secret, or hold one: a quick look, for most texts are done with after it. */
export function hintsAtSecret(text: string): boolean {
  return HINT.test(text);
}

/** Whether a name reads like that of a secret: `DATABASE_PASS`, `adminPassword`, `api-key`; not `token_file`. */
export function looksSecret(name: string): boolean {
  if (!hintsAtSecret(name)) return false;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  if (ABOUT.has(words.at(-1) ?? "")) return false;
  return words.some(
    (word, i) =>
      SECRET_WORDS.has(word) || JOINED.test(word) || (/^keys?$/.test(word) && SECRET_KEYS.has(words[i - 1] ?? "")),
  );
}

/** A path, a variable, the source of a secret, a placeholder, or a value that is masked already. */
const STAND_IN = /^(|(\/[\w.-]+){2,}\/?|\$\{[^}]*\}|\$([A-Z_][A-Z0-9_]*)?|(env|file|cmd):.*|secret\(.*|<[^>]*>|\*+)$/;

const NO_VALUE = /^(not_set|none|null|true|false)$/i;

/** Whether the value of a secret's name only stands for the secret, and may be seen. */
export function isStandIn(value: string): boolean {
  return STAND_IN.test(value) || NO_VALUE.test(value);
}

/** Private keys in PEM and OpenSSH form, PuTTY's and age's; to the end of the text that holds them. */
const PRIVATE_KEY =
  /(?:-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-)[^"']*|AGE-SECRET-KEY-1[0-9A-Z]*/g;

/** Whether a text is or holds a private key. */
export function holdsPrivateKey(text: string): boolean {
  return hintsAtSecret(text) && text.search(PRIVATE_KEY) !== -1;
}

/** `scheme://user:password@host`; a password that is a variable, or masked already, is none. */
const CREDENTIALS = /:\/\/[^\s/:@"']{0,200}:((?!\$|\*+@)[^\s/@"']{1,400})@/dg;

/** The passwords of the URLs in a text. */
export function urlPasswords(text: string): readonly string[] {
  if (!text.includes("://")) return [];
  return Array.from(text.matchAll(CREDENTIALS), ([, password = ""]) => password);
}

/** A part of a text that no output may show. */
export interface SecretRange {
  readonly start: number;
  readonly end: number;
  /** A word without quotes: a value in one place, and perhaps the name of something in another. */
  readonly isBare: boolean;
}

/** A name with the sign that gives it a value; the name may stand in quotes, and these in a text in quotes. */
const NAMED =
  /(?<![A-Za-z0-9_])([A-Za-z_][\w.-]{0,99})(?:\\?["'])?[ \t]*(?:\+?=|:)(?![=/])(?:\s*(?=\\?["'[{])|[ \t]*)/g;

/**
 * The secrets that stand in a source text, whatever its form, found by names and shapes alone: also in files that cannot be
 * read, in comments and in commands. Meant for hiding, where too much does little harm. Linear in the text's length.
 */
export function secretRanges(text: string): readonly SecretRange[] {
  if (!hintsAtSecret(text) && !text.includes("://")) return [];
  const found: SecretRange[] = [];
  let done = 0;
  for (const match of text.matchAll(NAMED)) {
    if (match.index < done || !looksSecret(match[1] ?? "")) continue;
    done = addValue(text, match.index + match[0].length, found);
  }
  for (const { index, 0: key } of text.matchAll(PRIVATE_KEY)) found.push(quoted(index, index + key.length));
  for (const { indices } of text.matchAll(CREDENTIALS)) found.push(quoted(...(indices?.[1] ?? [0, 0])));
  return found;
}

function quoted(start: number, end: number): SecretRange {
  return { start, end, isBare: false };
}

/** Adds the texts of the value that begins at an offset: of a string, of all strings in brackets, of a word; its end. */
function addValue(text: string, start: number, found: SecretRange[]): number {
  const from = text.startsWith("secret(", start) ? start + "secret(".length : start;
  if (text[from] === "[" || text[from] === "{") return addBrackets(text, from, found);
  const range = stringAt(text, from) ?? wordAt(text, from);
  if (!isStandIn(text.slice(range.start, range.end))) found.push(range);
  return range.end;
}

/** How strings begin and end: the longest first; those in quotes that are escaped themselves stand in other strings. */
const QUOTES = ['"""', "'''", '\\"', '"', "'"] as const;

/** The inside of the string that begins at an offset; one on a line ends with it. */
function stringAt(text: string, start: number): SecretRange | undefined {
  const quote = QUOTES.find((candidate) => text.startsWith(candidate, start));
  if (quote === undefined) return undefined;
  const from = start + quote.length;
  if (quote.length === 3) {
    const close = text.indexOf(quote, from);
    return quoted(from, close === -1 ? text.length : close);
  }
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === "\n" || character === "\r" || character === quote.at(-1) || text.startsWith(quote, at))
      return quoted(from, at);
    if (character === "\\" && quote !== "'") at++;
  }
  return quoted(from, text.length);
}

const WORD = /[^\s,;{}[\]()"'`#&|<>\\]+/y;

/** Empty where there is none, or where it calls a function. */
function wordAt(text: string, start: number): SecretRange {
  WORD.lastIndex = start;
  const end = start + (WORD.exec(text)?.[0].length ?? 0);
  return { start, end: text[end] === "(" ? start : end, isBare: true };
}

/** As {@link addValue}: the strings up to the closing bracket, apart from those that are names of other values. */
function addBrackets(text: string, start: number, found: SecretRange[]): number {
  let depth = 0;
  let at = start;
  for (; at < text.length; at++) {
    const character = text[at];
    if (character === "[" || character === "{") depth++;
    if ((character === "]" || character === "}") && --depth === 0) break;
    const string = character === '"' || character === "'" ? stringAt(text, at) : undefined;
    if (string === undefined) continue;
    at = string.end;
    const isName = /^["']*\s*[:=]/.test(text.slice(at, at + 20));
    if (!isName && !isStandIn(text.slice(string.start, at))) found.push(string);
  }
  return at;
}

/** The file with parts of its text overwritten by asterisks; lines and offsets stay as they are. */
export function maskRanges(
  file: SourceFile,
  ranges: readonly { readonly start: number; readonly end: number }[],
): SourceFile {
  return ranges.length === 0 ? file : { ...file, text: maskText(file.text, ranges) };
}

/** The text with parts of it overwritten by asterisks, apart from line ends; the parts may overlap. */
export function maskText(text: string, ranges: readonly { readonly start: number; readonly end: number }[]): string {
  let masked = "";
  let done = 0;
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const from = Math.max(start, done);
    if (end <= from) continue;
    masked += text.slice(done, from) + text.slice(from, end).replace(/[^\r\n]/g, "*");
    done = end;
  }
  return masked + text.slice(done);
}

/** Values of secrets as a script takes them with `--secrets`: where each is and its value, each ended by a NUL. */
export function sentSecrets(entries: readonly (readonly [string, string])[]): string {
  return entries.map(([where, value]) => `${where}\0${value}\0`).join("");
}

/** The variables that a script takes secrets from: its header names where all of them are, a line each. */
export function secretVariables(script: string): readonly string[] {
  const header = script.slice(0, script.indexOf("\nset -Eeuo"));
  return Array.from(header.matchAll(/^# {3}env:([A-Za-z_][A-Za-z0-9_]*)$/gm), ([, name = ""]) => name);
}
