import type { Diagnostic } from "../../src/diagnostics/diagnostic.js";
import { parse } from "../../src/parser/index.js";
import type { Body, Document, Expr, Item } from "../../src/syntax/ast.js";
import { position, sourceFile } from "../../src/text/source.js";

/** Parses text as `test.phx`. */
export function parseText(text: string): { readonly document: Document; readonly diagnostics: readonly Diagnostic[] } {
  const { value, diagnostics } = parse(sourceFile("test.phx", text));
  return { document: value, diagnostics };
}

/** The findings about text, as `CODE line:column`. */
export function findings(text: string): readonly string[] {
  return parseText(text).diagnostics.map(({ code, span }) => {
    const { line, column } = position(span.file, span.start);
    return `${code} ${line}:${column}`;
  });
}

/** The document's tree as nested lists, one line for each item, without spans. */
export function tree(document: Document): string {
  return document.items.map((item) => `${itemTree(item, "")}\n`).join("");
}

/** The tree of text that must be free of findings, on as few lines as it has items. */
export function treeOf(text: string): string {
  const { document, diagnostics } = parseText(text);
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  return tree(document).trimEnd();
}

/** A document as JSON without spans: equal for equal meaning. */
export function meaning(document: Document): string {
  return JSON.stringify(document.items, (key, value: unknown) => (key === "span" ? undefined : value));
}

function itemTree(item: Item, margin: string): string {
  const list = (...parts: readonly string[]): string => `${margin}(${parts.filter((part) => part !== "").join(" ")})`;
  switch (item.type) {
    case "import":
      return list("import", exprTree(item.path));
    case "param": {
      const { paramType, value } = item;
      const type = paramType === undefined ? "" : JSON.stringify(paramType, ["name", "of"]).replaceAll('"', "");
      return list("param", item.name.text, type, value === undefined ? "" : exprTree(value));
    }
    case "let":
      return list("let", item.name.text, exprTree(item.value));
    case "assert":
      return list("assert", exprTree(item.condition), exprTree(item.message));
    case "for":
      return list("for", ...item.names.map(({ text }) => text), exprTree(item.over), bodyTree(item.body, margin));
    case "attribute": {
      const name = item.name.quoted === true ? JSON.stringify(item.name.text) : item.name.text;
      return list(item.operator, name, exprTree(item.value));
    }
    case "block": {
      const profiles = item.extends.length === 0 ? "" : `extends(${item.extends.map(({ text }) => text).join(" ")})`;
      const when = item.when === undefined ? "" : `when ${exprTree(item.when)}`;
      const body = item.body === undefined ? "" : bodyTree(item.body, margin);
      return list("block", item.kind.text, ...item.args.map(exprTree), profiles, when, body);
    }
    case "error":
      return list("error");
  }
}

function bodyTree(body: Body, margin: string): string {
  return body.items.length === 0 ? "{}" : `{\n${body.items.map((item) => itemTree(item, `${margin}  `)).join("\n")}}`;
}

/** An expression as nested lists; a literal shows its kind and value. */
export function exprTree(expr: Expr): string {
  switch (expr.type) {
    case "literal":
      return `${expr.kind}:${expr.text}${expr.value === undefined ? "" : `=${expr.value}`}`;
    case "word":
      return expr.name;
    case "string":
      return `(${expr.form}${expr.parts.map((part) => ` ${typeof part === "string" ? JSON.stringify(part) : exprTree(part)}`).join("")})`;
    case "list":
      return `[${expr.items.map(exprTree).join(" ")}]`;
    case "map":
      return `(map ${expr.entries.map((entry) => itemTree(entry, "")).join(" ")})`;
    case "unary":
      return `(${expr.operator} ${exprTree(expr.operand)})`;
    case "binary":
      return `(${expr.operator} ${exprTree(expr.left)} ${exprTree(expr.right)})`;
    case "conditional":
      return `(? ${exprTree(expr.condition)} ${exprTree(expr.then)} ${exprTree(expr.otherwise)})`;
    case "member":
      return `(. ${exprTree(expr.object)} ${expr.member.text})`;
    case "index":
      return `(index ${exprTree(expr.object)} ${exprTree(expr.index)})`;
    case "call":
      return `(call ${[expr.callee.text, ...expr.args.map(exprTree)].join(" ")})`;
    case "paren":
      return `(paren ${exprTree(expr.inner)})`;
    case "error":
      return "(error)";
  }
}
