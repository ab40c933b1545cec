import { hintsAtSecret, isStandIn, looksSecret } from "../text/secrets.js";
import { type SourceFile, span, type Span } from "../text/source.js";
import { createScanner, type Scanner } from "./scanner.js";
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
  for (const { mask } of found.map(({ value }) => value).sort((a, b) => a.start - b.start)) {
    text += original.text.slice(done, mask.from) + mask.by.repeat(mask.to - mask.from);
    done = mask.to;
  }
  // Lines begin where they did.
  const file = { ...original, text: text + original.text.slice(done) };
  return { file, secrets: found.map(({ name }) => ({ name: name.value, span: span(file, name.start, name.end) })) };
}

/** Whether a string of the file may be a secret's name. What stands between two quotes is one, where nothing is escaped. */
function mayHold(text: string): boolean {
  if (text.includes("\\")) return text.includes("\\u") || hintsAtSecret(text);
  return text.split('"').some((part) => hintsAtSecret(part) && part.split(/[\r\n]/).some(looksSecret));
}

interface Found {
  /** Of the secret; `at` and `end` are those of the name in the text. */
  readonly name: Text;
  readonly value: Text;
}

interface Text {
  readonly value: string;
  readonly start: number;
  readonly end: number;
  /** What to overwrite it with: text inside its quotes by asterisks, a number by ones, so that the file stays JSON. */
  readonly mask: { readonly from: number; readonly to: number; readonly by: "*" | "1" };
}

/** What has been seen of an object that is still open. */
interface Open {
  key?: Text;
  name?: Text;
  value?: Text;
}

function findSecrets(text: string): readonly Found[] {
  const scanner = createScanner(text.replace(/^\uFEFF/, " "));
  const found: Found[] = [];
  const open: Open[] = [];
  let last: Text | undefined;
  for (let kind: number = scanner.scan(); kind !== Token.end; kind = scanner.scan()) {
    const top = open.at(-1);
    if (kind === Token.openBrace || kind === Token.openBracket) open.push({});
    else if (kind === Token.closeBrace || kind === Token.closeBracket) closed(open.pop(), found);
    else if (kind === Token.colon && top !== undefined && last !== undefined) top.key = last;
    else if (kind === Token.comma && top !== undefined) delete top.key;
    last = textToken(kind, scanner, text);
    if (last !== undefined && top?.key !== undefined) memberSeen(top, top.key, last, found);
  }
  for (const rest of open) closed(rest, found);
  return found;
}

function textToken(kind: number, scanner: Scanner, text: string): Text | undefined {
  if (kind !== Token.string && kind !== Token.number) return undefined;
  const start = scanner.start();
  const end = scanner.end();
  const value = scanner.value();
  if (kind === Token.number) return { value, start, end, mask: { from: start, to: end, by: "1" } };
  const isClosed = end - start > 1 && text[end - 1] === '"';
  return { value, start, end, mask: { from: start + 1, to: isClosed ? end - 1 : end, by: "*" } };
}

function memberSeen(object: Open, key: Text, value: Text, found: Found[]): void {
  if (looksSecret(key.value)) add(found, key, value);
  else if (key.value === "name") object.name = value;
  else if (key.value === "value") object.value = value;
}

function closed(object: Open | undefined, found: Found[]): void {
  const { name, value } = object ?? {};
  if (name !== undefined && value !== undefined && looksSecret(name.value)) add(found, name, value);
}

function add(found: Found[], name: Text, value: Text): void {
  if (!isStandIn(value.value)) found.push({ name, value });
}
