import type { Document, Expr, Item } from "./ast.js";

/** What is called for the nodes of a tree; a node comes before what it holds. */
export interface Visitor {
  readonly item?: (item: Item) => void;
  readonly expr?: (expr: Expr) => void;
}

/** Visits every item and expression of a document in source order. */
export function visit(document: Document, visitor: Visitor): void {
  for (const item of document.items) visitItem(item, visitor);
}

/** Whether the parser could not read a part of the document; what it has is then not all that was written. */
export function hasErrors(document: Document): boolean {
  let found = false;
  const look = (node: { readonly type: string }): void => {
    found ||= node.type === "error";
  };
  visit(document, { item: look, expr: look });
  return found;
}

function visitItem(item: Item, visitor: Visitor): void {
  visitor.item?.(item);
  switch (item.type) {
    case "import":
      return visitExpr(item.path, visitor);
    case "param":
      return visitAll([item.value], visitor);
    case "let":
    case "attribute":
      return visitExpr(item.value, visitor);
    case "assert":
      return visitAll([item.condition, item.message], visitor);
    case "for":
      visitExpr(item.over, visitor);
      return item.body.items.forEach((inner) => visitItem(inner, visitor));
    case "block":
      visitAll([...item.args, item.when], visitor);
      return item.body?.items.forEach((inner) => visitItem(inner, visitor));
    case "error":
  }
}

function visitAll(exprs: readonly (Expr | undefined)[], visitor: Visitor): void {
  for (const expr of exprs) if (expr !== undefined) visitExpr(expr, visitor);
}

function visitExpr(expr: Expr, visitor: Visitor): void {
  visitor.expr?.(expr);
  switch (expr.type) {
    case "string":
      return visitAll(
        expr.parts.filter((part) => typeof part !== "string"),
        visitor,
      );
    case "list":
      return visitAll(expr.items, visitor);
    case "map":
      return expr.entries.forEach((entry) => visitItem(entry, visitor));
    case "unary":
      return visitExpr(expr.operand, visitor);
    case "binary":
      return visitAll([expr.left, expr.right], visitor);
    case "conditional":
      return visitAll([expr.condition, expr.then, expr.otherwise], visitor);
    case "member":
      return visitExpr(expr.object, visitor);
    case "index":
      return visitAll([expr.object, expr.index], visitor);
    case "call":
      return visitAll(expr.args, visitor);
    case "paren":
      return visitExpr(expr.inner, visitor);
    case "literal":
    case "word":
    case "error":
  }
}
