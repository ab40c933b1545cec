import { jsonDuplicateKey } from "../diagnostics/catalogue/json-text.js";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic.js";
import type { SourceFile } from "../text/source.js";
import { type Hidden, hideMember, hidePair } from "./hidden.js";
import type { JsonMember, JsonNode } from "./node.js";

/** How a text is to be read. */
export interface Reading {
  /** With more brackets open at once there is no tree to speak of, only the place of the one too many. */
  readonly maxDepth: number;
  /** Whether values of secrets are replaced as {@link Nodes.hidden} says. */
  readonly hides: boolean;
}

/** What a text holds. */
export interface Nodes {
  readonly tree: JsonNode;
  /** Names given twice, of which the first one counts; meaningless where the text is too deep. */
  readonly repeated: readonly Diagnostic[];
  /** The secrets that were replaced, in the order in which they end. */
  readonly hidden: readonly Hidden[];
  /** The first bracket for which there was no room. */
  readonly tooDeep: number | undefined;
}

interface Reader {
  readonly file: SourceFile;
  readonly text: string;
  /** Ours alone: where it goes on is where reading does. */
  readonly pattern: RegExp;
  readonly hasEscapes: boolean;
  readonly repeated: Diagnostic[];
  readonly hidden: Hidden[] | undefined;
  /** How many brackets may be opened in the one that is being read. */
  room: number;
  tooDeep: number | undefined;
}

/**
 * What comes next in valid JSON, with the white space and commas in front of it passed over: a name (1) with the colon (2) and its
 * value, which is a text (3), an opening bracket (4) or a word (5); a text of a list (1); a bracket (6); a word of a list (7).
 */
const STEP =
  /"([^"\\]*(?:\\.[^"\\]*)*)"(?:(\s*:\s*)(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([{[])|([^\s,\]}]+)))?|([{}[\]])|([^\s,{}[\]"]+)/g;

/**
 * The tree of a text that is known to be JSON. Reads with one pattern, a whole member at a time: configurations are read once by a
 * program that ends at once, where a scanner that looks at each character never gets compiled and costs more than all the rest of
 * reading. `text` is that of the file, apart from a byte order mark.
 */
export function readNodes(file: SourceFile, text: string, { maxDepth, hides }: Reading): Nodes {
  const reader: Reader = {
    file,
    text,
    pattern: new RegExp(STEP),
    hasEscapes: text.includes("\\"),
    repeated: [],
    hidden: hides ? [] : undefined,
    room: maxDepth,
    tooDeep: undefined,
  };
  const step = reader.pattern.exec(text);
  const tree = readNode(reader, step?.index ?? 0, step?.[1], step?.[6] ?? step?.[7] ?? "null");
  return { tree, repeated: reader.repeated, hidden: reader.hidden ?? [], tooDeep: reader.tooDeep };
}

/** The value that begins at an offset, of which the pattern has passed the text, the word, or the opening bracket. */
function readNode(reader: Reader, start: number, text: string | undefined, word: string): JsonNode {
  const { file, pattern } = reader;
  if (text !== undefined) {
    const value = reader.hasEscapes ? unescaped(text) : text;
    return { type: "string", span: { file, start, end: pattern.lastIndex }, value };
  }
  if (word === "{" || word === "[") return readNested(reader, start, word);
  const span = { file, start, end: pattern.lastIndex };
  if (word === "null") return { type: "null", span };
  if (word === "true" || word === "false") return { type: "boolean", span, value: word === "true" };
  return { type: "number", span, value: Number(word) };
}

function readNested(reader: Reader, start: number, bracket: "{" | "["): JsonNode {
  const { file, pattern } = reader;
  if (reader.room === 0) {
    reader.tooDeep = start;
    return { type: "null", span: { file, start, end: start } };
  }
  reader.room--;
  const members = bracket === "{" ? readMembers(reader) : undefined;
  const items = bracket === "{" ? [] : readItems(reader);
  reader.room++;
  const span = { file, start, end: pattern.lastIndex };
  return members === undefined ? { type: "array", span, items } : { type: "object", span, members };
}

function readItems(reader: Reader): readonly JsonNode[] {
  const { pattern, text } = reader;
  const items: JsonNode[] = [];
  while (reader.tooDeep === undefined) {
    const step = pattern.exec(text);
    if (step === null || step[6] === "]") break;
    items.push(readNode(reader, step.index, step[1], step[6] ?? step[7] ?? "null"));
  }
  return items;
}

function readMembers(reader: Reader): ReadonlyMap<string, JsonMember> {
  const { file, pattern, text, hidden } = reader;
  const members = new Map<string, JsonMember>();
  while (reader.tooDeep === undefined) {
    const step = pattern.exec(text);
    const inner = step?.[1];
    if (step === null || inner === undefined) break;
    const start = step.index;
    const nameEnd = start + inner.length + 2;
    const name = reader.hasEscapes ? unescaped(inner) : inner;
    const nameSpan = { file, start, end: nameEnd };
    const read = readNode(reader, nameEnd + (step[2]?.length ?? 0), step[3], step[4] ?? step[5] ?? "null");
    const value = hidden === undefined ? read : hideMember(hidden, name, nameSpan, read);
    const first = members.get(name);
    if (first === undefined) {
      members.set(name, { name, nameSpan, value, span: { file, start, end: pattern.lastIndex } });
    } else {
      const related = [{ span: first.nameSpan, message: "first given here" }];
      reader.repeated.push(diagnose(jsonDuplicateKey, nameSpan, { name }, { related }));
    }
  }
  if (hidden !== undefined) hidePair(hidden, members);
  return members;
}

/** The inside of a string, as it stands in valid JSON, without its escapes. */
function unescaped(inner: string): string {
  return inner.includes("\\") ? String(JSON.parse(`"${inner}"`)) : inner;
}
