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
 * show one; offsets stay as they are. Works on tokens, and so on files that are not valid JSON, too; what is valid is hidden while it
 * is read. Covers `"name_of_a_secret": "value"` and the pairs `"name": "NAME_OF_A_SECRET", "value": "..."` of one object.
 */
export function maskSecrets(original: SourceFile): {
  readonly file: SourceFile;
  readonly secrets: readonly ClearSecret[];
} {
  const found = mayHold(original.text) ? findSecrets(original.text) : [];
  if (found.length === 0) return { file: original, secrets: [] };
  // Lines begin where they did.
  const file = {
    ...original,
    text: masked(
      original.text,
      found.map(({ value }) => value),
    ),
  };
  const secrets = found.map(({ name }) => ({
    name: valueOf(original.text, name),
    span: span(file, name.start, name.end),
  }));
  return { file, secrets };
}

/** The text with values overwritten: text inside its quotes by asterisks, a number by ones, so that JSON stays JSON. */
export function masked(text: string, values: readonly { readonly start: number; readonly end: number }[]): string {
  let result = "";
  let done = 0;
  for (const { start, end } of values.toSorted((a, b) => a.start - b.start)) {
    const isText = text[start] === '"';
    const isClosed = isText && end - start > 1 && text[end - 1] === '"';
    const [from, to] = [isText ? start + 1 : start, isClosed ? end - 1 : end];
    result += text.slice(done, from) + (isText ? "*" : "1").repeat(to - from);
    done = to;
  }
  return result + text.slice(done);
}

/** Whether valid JSON may hold a secret: a quick look, for most files are done with after it. */
export function mayHide(text: string): boolean {
  return hintsAtSecret(text) || text.includes("\\u");
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
    last = kind === Token.string || kind === Token.number ? { start: scanner.start(), end: scanner.end() } : undefined;
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
