import { createScanner, type Node, type ParseError, parseTree } from "jsonc-parser";
import {
  jsonComment,
  jsonDuplicateKey,
  jsonNotAnObject,
  jsonSyntax,
  jsonTooDeep,
  jsonTrailingComma,
} from "../diagnostics/catalogue/json-text.js";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic.js";
import { position, type SourceFile, span, type Span } from "../text/source.js";
import { COMMENT_ERROR, INVALID_SYMBOL, SYNTAX_ERRORS, Token, VALUE_EXPECTED } from "./tokens.js";

/** A JSON value with the place where it stands. */
export type JsonNode = JsonObject | JsonArray | JsonString | JsonNumber | JsonBoolean | JsonNull;

export interface JsonObject {
  readonly type: "object";
  readonly span: Span;
  /** In source order, each name once. */
  readonly members: ReadonlyMap<string, JsonMember>;
}

/** A property: its span runs from the quote of the name to the end of the value. */
export interface JsonMember {
  readonly name: string;
  readonly nameSpan: Span;
  readonly value: JsonNode;
  readonly span: Span;
}

export interface JsonArray {
  readonly type: "array";
  readonly span: Span;
  readonly items: readonly JsonNode[];
}

export interface JsonString {
  readonly type: "string";
  readonly span: Span;
  readonly value: string;
}

export interface JsonNumber {
  readonly type: "number";
  readonly span: Span;
  readonly value: number;
}

export interface JsonBoolean {
  readonly type: "boolean";
  readonly span: Span;
  readonly value: boolean;
}

export interface JsonNull {
  readonly type: "null";
  readonly span: Span;
}

/** Deeper files are damaged or hostile; parsing is recursive, so that a bound keeps it from exhausting the stack. */
const MAX_DEPTH = 100;

/** Enough to mend a file by; garbage has no end of errors. */
const MAX_SYNTAX_FINDINGS = 20;

/**
 * Reads one file as strict JSON (no comments, no trailing commas; a byte order mark is accepted) whose top is an object.
 * The tree is undefined when it could not be read completely, and then there is at least one error.
 */
export function parseJson(file: SourceFile, report: (finding: Diagnostic) => void): JsonObject | undefined {
  const text = file.text.replace(/^\uFEFF/, " ");
  const tooDeep = firstTooDeep(text);
  if (tooDeep !== undefined) {
    report(diagnose(jsonTooDeep, span(file, tooDeep, tooDeep + 1), { limit: MAX_DEPTH }));
    return undefined;
  }
  const errors: ParseError[] = [];
  const top = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  if (errors.length > 0) {
    reportSyntax(file, text, errors, report);
    return undefined;
  }
  const tree = top === undefined ? undefined : convert(file, top, report);
  if (tree?.type === "object") return tree;
  report(diagnose(jsonNotAnObject, tree?.span ?? span(file, 0, file.text.length), undefined));
  return undefined;
}

function firstTooDeep(text: string): number | undefined {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (let kind: number = scanner.scan(); kind !== Token.end; kind = scanner.scan()) {
    if (kind === Token.openBrace || kind === Token.openBracket) depth++;
    if (kind === Token.closeBrace || kind === Token.closeBracket) depth--;
    if (depth > MAX_DEPTH) return scanner.getTokenOffset();
  }
  return undefined;
}

/** One finding a line: what follows the first error of a line is mostly its echo. */
function reportSyntax(
  file: SourceFile,
  text: string,
  errors: readonly ParseError[],
  report: (finding: Diagnostic) => void,
): void {
  const lines = new Set<number>();
  for (const [index, error] of errors.entries()) {
    const { line } = position(file, error.offset);
    const isEcho = error.error === VALUE_EXPECTED && errors[index - 1]?.error === INVALID_SYMBOL;
    if (isEcho || lines.has(line)) continue;
    lines.add(line);
    if (lines.size > MAX_SYNTAX_FINDINGS) return;
    report(syntaxFinding(file, text, error));
  }
}

function syntaxFinding(file: SourceFile, text: string, error: ParseError): Diagnostic {
  const at = span(file, error.offset, error.offset + Math.max(error.length, 1));
  if (error.error === COMMENT_ERROR) return diagnose(jsonComment, at, undefined);
  const comma = trailingComma(text, error.offset);
  if (comma !== undefined) {
    const place = span(file, comma, comma + 1);
    const fix = { title: "remove the comma", span: place, replacement: "" };
    return diagnose(jsonTrailingComma, place, undefined, { fix });
  }
  return diagnose(jsonSyntax, at, { what: SYNTAX_ERRORS.get(error.error) ?? "this is not JSON" });
}

/** The offset of a comma that stands before the closing bracket at `offset`. */
function trailingComma(text: string, offset: number): number | undefined {
  const closer = text[offset];
  if (closer !== "}" && closer !== "]") return undefined;
  const before = text.slice(0, offset).trimEnd();
  return before.endsWith(",") ? before.length - 1 : undefined;
}

function convert(file: SourceFile, node: Node, report: (finding: Diagnostic) => void): JsonNode {
  const at = span(file, node.offset, node.offset + node.length);
  switch (node.type) {
    case "object":
      return { type: "object", span: at, members: membersOf(file, node.children ?? [], report) };
    case "array":
      return { type: "array", span: at, items: (node.children ?? []).map((child) => convert(file, child, report)) };
    case "string":
      return { type: "string", span: at, value: String(node.value) };
    case "number":
      return { type: "number", span: at, value: Number(node.value) };
    case "boolean":
      return { type: "boolean", span: at, value: node.value === true };
    default:
      return { type: "null", span: at };
  }
}

function membersOf(
  file: SourceFile,
  properties: readonly Node[],
  report: (finding: Diagnostic) => void,
): ReadonlyMap<string, JsonMember> {
  const members = new Map<string, JsonMember>();
  for (const property of properties) {
    const [key, value] = property.children ?? [];
    if (key === undefined || value === undefined) continue;
    const name = String(key.value);
    const nameSpan = span(file, key.offset, key.offset + key.length);
    const first = members.get(name);
    if (first === undefined) {
      const at = span(file, property.offset, property.offset + property.length);
      members.set(name, { name, nameSpan, value: convert(file, value, report), span: at });
    } else {
      const related = [{ span: first.nameSpan, message: "first given here" }];
      report(diagnose(jsonDuplicateKey, nameSpan, { name }, { related }));
    }
  }
  return members;
}
