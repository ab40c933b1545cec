import type { CstElement, CstNode, IToken } from "chevrotain";
import type { Range } from "./report.js";
import { endOf } from "./tokens.js";

/** Reading Chevrotain's concrete tree: after recovery anything may be missing, so nothing here assumes its presence. */

/** The first child of a rule. */
export function sub(node: CstNode | undefined, rule: string): CstNode | undefined {
  const child = node?.children[rule]?.[0];
  return child !== undefined && isNode(child) ? child : undefined;
}

/** All children of a rule, in source order. */
export function subs(node: CstNode | undefined, rule: string): readonly CstNode[] {
  return (node?.children[rule] ?? []).filter(isNode);
}

/** The first token of a type; one that recovery made up does not count. */
export function leaf(node: CstNode | undefined, type: string): IToken | undefined {
  return node?.children[type]?.find(isReal);
}

/** All tokens of a type that are really there, in source order. */
export function leaves(node: CstNode | undefined, type: string): readonly IToken[] {
  return node?.children[type]?.filter(isReal) ?? [];
}

/** The only child of a node that has one, whatever it is. */
export function onlyChild(node: CstNode): CstElement | undefined {
  return Object.values(node.children)[0]?.[0];
}

/** Where a node stands; undefined when it is empty. */
export function rangeOf(node: CstNode | undefined): Range | undefined {
  const location = node?.location;
  if (location === undefined || Number.isNaN(location.startOffset)) return undefined;
  return { start: location.startOffset, end: (location.endOffset ?? location.startOffset - 1) + 1 };
}

/** Where a token stands. */
export function rangeOfToken(token: IToken): Range {
  return { start: token.startOffset, end: endOf(token) };
}

/** Lets go of all that a node holds; only its place stays. */
export function release(node: CstNode): void {
  for (const rule of Object.keys(node.children)) delete node.children[rule];
}

/** Whether a child is a node; otherwise it is a token. */
export function isNode(element: CstElement): element is CstNode {
  return "children" in element;
}

function isReal(element: CstElement): element is IToken {
  return !isNode(element) && !Number.isNaN(element.startOffset);
}
