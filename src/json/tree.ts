import { type ParseError, parseTree } from "jsonc-parser";
import {
  jsonComment,
  jsonNotAnObject,
  jsonSyntax,
  jsonTooDeep,
  jsonTrailingComma,
} from "../diagnostics/catalogue/json-text.js";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic.js";
import { position, type SourceFile, span } from "../text/source.js";
import type { JsonObject } from "./node.js";
import { readNodes } from "./read-nodes.js";
import { createScanner } from "./scanner.js";
import { COMMENT_ERROR, INVALID_SYMBOL, SYNTAX_ERRORS, Token, VALUE_EXPECTED } from "./tokens.js";

export type { JsonMember, JsonNode, JsonObject } from "./node.js";

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
  if (!isJson(text)) {
    const tooDeep = firstTooDeep(text);
    if (tooDeep === undefined) reportSyntax(file, text, report);
    else reportTooDeep(file, tooDeep, report);
    return undefined;
  }
  const { tree, tooDeep } = readNodes(file, text, MAX_DEPTH, report);
  if (tooDeep !== undefined) {
    reportTooDeep(file, tooDeep, report);
    return undefined;
  }
  if (tree.type === "object") return tree;
  report(diagnose(jsonNotAnObject, tree.span, undefined));
  return undefined;
}

function reportTooDeep(file: SourceFile, at: number, report: (finding: Diagnostic) => void): void {
  report(diagnose(jsonTooDeep, span(file, at, at + 1), { limit: MAX_DEPTH }));
}

/** What the platform says: at once and at any depth, but without the places and reasons that {@link reportSyntax} finds. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The bracket that is one too many, if there is one, in a text that need not be JSON. */
function firstTooDeep(text: string): number | undefined {
  const scanner = createScanner(text);
  let depth = 0;
  for (let kind = scanner.scan(); kind !== Token.end; kind = scanner.scan()) {
    if (kind === Token.openBrace || kind === Token.openBracket) depth++;
    if (kind === Token.closeBrace || kind === Token.closeBracket) depth--;
    if (depth > MAX_DEPTH) return scanner.start();
  }
  return undefined;
}

/** One finding a line: what follows the first error of a line is mostly its echo. */
function reportSyntax(file: SourceFile, text: string, report: (finding: Diagnostic) => void): void {
  const errors: ParseError[] = [];
  parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  if (errors.length === 0) {
    // The two readers disagree; the file is still not JSON.
    report(diagnose(jsonSyntax, span(file, 0, text.length), { what: "this is not JSON" }));
  }
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
