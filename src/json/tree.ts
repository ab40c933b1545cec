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
import type { Hidden } from "./hidden.js";
import { type Nodes, readNodes } from "./read-nodes.js";
import { createScanner } from "./scanner.js";
import { masked, maskSecrets, mayHide } from "./secrets.js";
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
  const text = withoutMark(file.text);
  if (isJson(text)) return topOf(file, readNodes(file, text, { maxDepth: MAX_DEPTH, hides: false }), report);
  const tooDeep = firstTooDeep(text);
  if (tooDeep === undefined) reportSyntax(file, text, report);
  else reportTooDeep(file, tooDeep, report);
  return undefined;
}

/** A file as it may be shown, and what it holds. */
export interface Shown {
  readonly file: SourceFile;
  readonly secrets: readonly Pick<Hidden, "name" | "span">[];
  readonly tree: JsonObject | undefined;
}

/** As {@link parseJson}, with the secrets of the file hidden, in its text and in the tree. */
export function parseHiding(original: SourceFile, report: (finding: Diagnostic) => void): Shown {
  const { text } = original;
  const isPlain = !mayHide(text);
  if (isPlain) return { file: original, secrets: [], tree: parseJson(original, report) };
  const whole = withoutMark(text);
  // Its text is replaced when the secrets are known, for the spans of the tree are in it.
  const file = { path: original.path, text, lineStarts: original.lineStarts };
  const nodes = isJson(whole) ? readNodes(file, whole, { maxDepth: MAX_DEPTH, hides: true }) : undefined;
  if (nodes === undefined || nodes.tooDeep !== undefined || nodes.repeated.length > 0) {
    const hidden = maskSecrets(original);
    return { ...hidden, tree: parseJson(hidden.file, report) };
  }
  file.text = masked(
    text,
    nodes.hidden.map(({ value }) => value),
  );
  return { file, secrets: nodes.hidden, tree: topOf(file, nodes, report) };
}

function topOf(
  file: SourceFile,
  { tree, tooDeep, repeated }: Nodes,
  report: (finding: Diagnostic) => void,
): JsonObject | undefined {
  if (tooDeep !== undefined) {
    reportTooDeep(file, tooDeep, report);
    return undefined;
  }
  for (const finding of repeated) report(finding);
  if (tree.type === "object") return tree;
  report(diagnose(jsonNotAnObject, tree.span, undefined));
  return undefined;
}

/** A byte order mark is white space for us, and a character that JSON does not know for the platform. */
function withoutMark(text: string): string {
  return text.startsWith("\uFEFF") ? ` ${text.slice(1)}` : text;
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
