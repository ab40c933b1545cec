import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostic, Result } from "../../src/diagnostics/diagnostic.js";
import { type JsonDocument, readJson } from "../../src/json/index.js";
import { checkShape } from "../../src/json/validate.js";
import type { Document, Expr, Item } from "../../src/syntax/ast.js";
import { position, sourceFile, type Span } from "../../src/text/source.js";

/** Files by path; the first is the entry. */
export type TextFiles = Readonly<Record<string, string>>;

/** Reads a configuration from memory. */
export function readTexts(files: TextFiles): Result<JsonDocument> {
  const read = (path: string) => {
    const text = Object.hasOwn(files, path) ? files[path] : undefined;
    return text === undefined ? undefined : sourceFile(path, text);
  };
  const entry = read(Object.keys(files)[0] ?? "");
  if (entry === undefined) throw new Error("there is no entry");
  const list = (folder: string) => {
    const names = Object.keys(files).flatMap((path) =>
      path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1).split("/")[0] ?? ""] : [],
    );
    return names.length === 0 ? undefined : [...new Set(names)].sort();
  };
  return readJson(entry, { read, list }, checkShape);
}

/** Reads one value as the only file, `config.json`; text is taken as it is. */
export function readValue(value: unknown): Result<JsonDocument> {
  return readTexts({ "config.json": typeof value === "string" ? value : JSON.stringify(value, null, 2) });
}

/** All JSON files of a folder by path, the entry first. */
export function filesOf(folder: string, entry: string): TextFiles {
  const files: Record<string, string> = { [entry]: readFileSync(join(folder, entry), "utf8") };
  const visit = (inner: string): void => {
    for (const name of readdirSync(join(folder, inner)).sort()) {
      const path = inner === "" ? name : `${inner}/${name}`;
      if (statSync(join(folder, path)).isDirectory()) visit(path);
      else if (path.endsWith(".json") && path !== entry) files[path] = readFileSync(join(folder, path), "utf8");
    }
  };
  visit("");
  return files;
}

/** `PHX2010 2:5` for each finding, in the order of their making. */
export function placesOf(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ code, span }) => `${code} ${placeOf(span)}`);
}

function placeOf({ file, start }: Span): string {
  const { line, column } = position(file, start);
  return `${line}:${column}`;
}

/** What a front end made and found, as a golden file shows it. */
export function describeResult({ value, diagnostics }: Result<JsonDocument>): string {
  const findings = diagnostics.map(
    ({ severity, code, message, span }) => `${severity} ${code} ${span.file.path}:${placeOf(span)} ${message}\n`,
  );
  return `${findings.join("")}\n${documentText(value.document)}`;
}

/** A document as .phx text without any sugar. */
export function documentText(document: Document): string {
  return document.items.map((item) => itemText(item, "")).join("");
}

function itemText(item: Item, indent: string): string {
  if (item.type === "attribute") {
    const name = item.name.quoted === true ? JSON.stringify(item.name.text) : item.name.text;
    return `${indent}${name} = ${exprText(item.value)}\n`;
  }
  if (item.type !== "block") return `${indent}<${item.type}>\n`;
  const head = `${indent}${[item.kind.text, ...item.args.map(exprText)].join(" ")}`;
  const inner = (item.body?.items ?? []).map((child) => itemText(child, `${indent}  `)).join("");
  return inner === "" ? `${head} {}\n` : `${head} {\n${inner}${indent}}\n`;
}

function exprText(expr: Expr): string {
  switch (expr.type) {
    case "literal":
      return expr.text;
    case "word":
      return expr.name;
    case "string":
      return JSON.stringify(expr.parts.map((part) => (typeof part === "string" ? part : exprText(part))).join(""));
    case "list":
      return `[${expr.items.map(exprText).join(", ")}]`;
    case "binary":
      return `${exprText(expr.left)}${expr.operator}${exprText(expr.right)}`;
    case "call":
      return `${expr.callee.text}(${expr.args.map(exprText).join(", ")})`;
    default:
      return `<${expr.type}>`;
  }
}

/** Every span of a tree or a finding, wherever it is kept. */
export function spansIn(value: unknown): readonly Span[] {
  const found: Span[] = [];
  const seen = new Set<unknown>();
  const visit = (inner: unknown): void => {
    if (typeof inner !== "object" || inner === null || seen.has(inner)) return;
    seen.add(inner);
    if (isSpan(inner)) found.push(inner);
    else Object.values(inner).forEach(visit);
  };
  visit(value);
  return found;
}

function isSpan(value: object): value is Span {
  return "file" in value && "start" in value && "end" in value;
}
