import { hintsAtSecret, isStandIn, looksSecret } from "../text/secrets.js";
import { type SourceFile, span, type Span } from "../text/source.js";
import { createScanner, tokenValue } from "./scanner.js";
import { Token } from "./tokens.js";

/** Where a credential stands in clear text. */
export interface ClearSecret {
  readonly name: string;
  /** Of the name; the value is never shown. */
  readonly span: Span;
}

/**
 * The file with every credential overwritten by asterisks of the same length, so that no finding, frame or later phase can
 * show one; offsets stay as they are. Works on tokens, and so on files that are not valid JSON, too. Covers
 * `"name_of_a_secret": "value"` and the pairs `"name": "NAME_OF_A_SECRET", "value": "..."` of one object.
 */
export function maskSecrets(original: SourceFile): {
  readonly file: SourceFile;
  readonly secrets: readonly ClearSecret[];
} {
  const found = mayHold(original.text) ? findSecrets(original.text) : [];
  if (found.length === 0) return { file: original, secrets: [] };
  let text = "";
  let done = 0;
  for (const { from, to, by } of found
    .map(({ value }) => maskOf(original.text, value))
    .sort((a, b) => a.from - b.from)) {
    text += original.text.slice(done, from) + by.repeat(to - from);
    done = to;
  }
  // Lines begin where they did.
  const file = { ...original, text: text + original.text.slice(done) };
  const secrets = found.map(({ name }) => ({
    name: valueOf(original.text, name),
    span: span(file, name.start, name.end),
  }));
  return { file, secrets };
}

/** What to overwrite a value with: text inside its quotes by asterisks, a number by ones, so that the file stays JSON. */
function maskOf(text: string, { kind, start, end }: Text): { from: number; to: number; by: "*" | "1" } {
  if (kind === Token.number) return { from: start, to: end, by: "1" };
  const isClosed = end - start > 1 && text[end - 1] === '"';
  return { from: start + 1, to: isClosed ? end - 1 : end, by: "*" };
}

/** Whether a string of the file may be a secret's name. What stands between two quotes is one, where nothing is escaped. */
function mayHold(text: string): boolean {
  if (text.includes("\\")) return text.includes("\\u") || hintsAtSecret(text);
  return text.split('"').some((part) => hintsAtSecret(part) && part.split(/[\r\n]/).some(looksSecret));
}

interface Found {
  /** Of the secret; the offsets are those of the name in the text. */
  readonly name: Text;
  readonly value: Text;
}

/** A string or a number. */
interface Text {
  readonly kind: typeof Token.string | typeof Token.number;
  readonly start: number;
  readonly end: number;
}

/** What has been seen of an object that is still open. */
interface Open {
  key?: Text;
  name?: Text;
  value?: Text;
}

/** What is searched; few of its tokens are ever looked at. */
interface Search {
  readonly text: string;
  readonly found: Found[];
}

function findSecrets(text: string): readonly Found[] {
  const scanner = createScanner(text.replace(/^\uFEFF/, " "));
  const search: Search = { text, found: [] };
  const open: Open[] = [];
  let last: Text | undefined;
  for (let kind = scanner.scan(); kind !== Token.end; kind = scanner.scan()) {
    const top = open.at(-1);
    if (kind === Token.openBrace || kind === Token.openBracket) open.push({});
    else if (kind === Token.closeBrace || kind === Token.closeBracket) closed(search, open.pop());
    else if (kind === Token.colon && top !== undefined && last !== undefined) top.key = last;
    else if (kind === Token.comma && top !== undefined) delete top.key;
    last =
      kind === Token.string || kind === Token.number ? { kind, start: scanner.start(), end: scanner.end() } : undefined;
    if (last !== undefined && top?.key !== undefined) memberSeen(search, top, top.key, last);
  }
  for (const rest of open) closed(search, rest);
  return search.found;
}

function valueOf(text: string, { start, end }: Text): string {
  return tokenValue(text.slice(start, end));
}

function memberSeen(search: Search, object: Open, key: Text, value: Text): void {
  const name = valueOf(search.text, key);
  if (looksSecret(name)) add(search, key, value);
  else if (name === "name") object.name = value;
  else if (name === "value") object.value = value;
}

function closed(search: Search, object: Open | undefined): void {
  const { name, value } = object ?? {};
  if (name !== undefined && value !== undefined && looksSecret(valueOf(search.text, name))) add(search, name, value);
}

function add({ text, found }: Search, name: Text, value: Text): void {
  if (!isStandIn(valueOf(text, value))) found.push({ name, value });
}
