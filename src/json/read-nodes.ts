import { jsonDuplicateKey } from "../diagnostics/catalogue/json-text.js";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic.js";
import { type SourceFile, span } from "../text/source.js";
import type { JsonMember, JsonNode } from "./node.js";
import { createScanner, type Scanner, type TokenKind } from "./scanner.js";
import { Token } from "./tokens.js";

interface Reader {
  readonly file: SourceFile;
  readonly scanner: Scanner;
  readonly found: Diagnostic[];
  /** How many brackets may be opened in the one that is being read. */
  room: number;
  /** The first bracket for which there was no room. */
  tooDeep: number | undefined;
}

/**
 * The tree of a text that is known to be JSON; names given twice are reported, the first one counts. With more brackets open
 * at once than `maxDepth` there is no tree to speak of, only the place of the one too many.
 */
export function readNodes(
  file: SourceFile,
  text: string,
  maxDepth: number,
  report: (finding: Diagnostic) => void,
): { readonly tree: JsonNode; readonly tooDeep: number | undefined } {
  const scanner = createScanner(text);
  const reader: Reader = { file, scanner, found: [], room: maxDepth, tooDeep: undefined };
  const tree = readNode(reader, scanner.scan());
  if (reader.tooDeep === undefined) for (const finding of reader.found) report(finding);
  return { tree, tooDeep: reader.tooDeep };
}

/** Reads the value whose first token is the current one; afterwards its last token is. */
function readNode(reader: Reader, kind: TokenKind): JsonNode {
  const { file, scanner } = reader;
  const start = scanner.start();
  switch (kind) {
    case Token.openBrace: {
      if (!enters(reader)) break;
      const members = readMembers(reader);
      reader.room++;
      return { type: "object", span: span(file, start, scanner.end()), members };
    }
    case Token.openBracket: {
      if (!enters(reader)) break;
      const items = readItems(reader);
      reader.room++;
      return { type: "array", span: span(file, start, scanner.end()), items };
    }
    case Token.string:
      return { type: "string", span: span(file, start, scanner.end()), value: scanner.value() };
    case Token.number:
      return { type: "number", span: span(file, start, scanner.end()), value: Number(scanner.value()) };
    default:
  }
  return readWord(reader);
}

/** Whether there is room for the bracket that is the current token. */
function enters(reader: Reader): boolean {
  if (reader.room === 0) {
    reader.tooDeep ??= reader.scanner.start();
    return false;
  }
  reader.room--;
  return true;
}

function readWord({ file, scanner }: Reader): JsonNode {
  const at = span(file, scanner.start(), scanner.end());
  const word = scanner.value();
  return word === "null" ? { type: "null", span: at } : { type: "boolean", span: at, value: word === "true" };
}

function readItems(reader: Reader): readonly JsonNode[] {
  const items: JsonNode[] = [];
  for (
    let kind = reader.scanner.scan();
    kind !== Token.closeBracket && kind !== Token.end;
    kind = reader.scanner.scan()
  ) {
    if (kind !== Token.comma) items.push(readNode(reader, kind));
  }
  return items;
}

function readMembers(reader: Reader): ReadonlyMap<string, JsonMember> {
  const { file, scanner, found } = reader;
  const members = new Map<string, JsonMember>();
  for (let kind = scanner.scan(); kind !== Token.closeBrace && kind !== Token.end; kind = scanner.scan()) {
    if (kind === Token.comma) continue;
    const name = scanner.value();
    const nameSpan = span(file, scanner.start(), scanner.end());
    scanner.scan(); // the colon
    const value = readNode(reader, scanner.scan());
    const first = members.get(name);
    if (first === undefined) {
      members.set(name, { name, nameSpan, value, span: span(file, nameSpan.start, value.span.end) });
    } else {
      const related = [{ span: first.nameSpan, message: "first given here" }];
      found.push(diagnose(jsonDuplicateKey, nameSpan, { name }, { related }));
    }
  }
  return members;
}
