import type { Value } from "../model/resource.js";
import type { SectionSpec } from "../plugin-api/index.js";
import type { Attribute, Block, ForItem, Item } from "../syntax/ast.js";
import type { Span } from "../text/source.js";
import { absentWithBody, duplicateBlock, nothingToTakeAway } from "../diagnostics/catalogue/semantics.js";
import { readArguments, headSpan } from "./arguments.js";
import type { Arguments } from "./arguments.js";
import { childScope, lazy, report } from "./context.js";
import { labelOf, sourceText } from "./labels.js";
import type { BodyNode, Context, Expansion, Layer, Repeated, Scope, Source } from "./context.js";
import { condition } from "./words.js";
import { declareLet, runLoop } from "./loops.js";
import { addSource } from "./sources.js";
import { reportExtends, unknownSection } from "./unknown.js";

/** What a body is, besides its layers. */
type Head = Pick<BodyNode, "keyword" | "path" | "spec" | "args" | "argSpans" | "headSpan" | "span" | "within">;

/** A body whose layers are still to be filled in. */
export function bodyNode(ctx: Context, head: Head, layers: Layer[] = []): BodyNode {
  const { keyword, path, spec, args, argSpans, headSpan: at, span, within } = head;
  // Each by name: what follows a spread is set by a slow path of V8, and configurations have a thousand bodies.
  const node: BodyNode = {
    keyword,
    path,
    spec,
    args,
    argSpans,
    headSpan: at,
    span,
    within,
    layers,
    direct: undefined,
    expansion: lazy(head, " { ... }", () => expand(ctx, node)),
    settings: new Map(),
    takenAway: undefined,
  };
  return node;
}

/** Entries of one origin, with the scope of its `let`s. */
export function layer(
  ctx: Context,
  items: readonly Item[],
  outer: Scope,
  self: Scope["self"],
  profile?: string,
): Layer {
  const declares = items.some(({ type }) => type === "let");
  // A scope of its own would be empty.
  if (!declares && self === outer.self) return { items, scope: outer, profile };
  const scope = childScope(outer, self);
  if (declares) for (const item of items) if (item.type === "let") declareLet(ctx, scope, item);
  return { items, scope, profile };
}

/** Work in progress on one expansion. */
interface Expanding {
  readonly ctx: Context;
  readonly node: BodyNode;
  readonly sources: Map<string, Source[]>;
  readonly sections: Group[];
  readonly assertions: Expansion["assertions"][number][];
  readonly repeated: Repeated[];
  readonly state: { isDamaged: boolean };
}

/** A nested block with the layers of its namesakes in profiles. */
interface Group {
  readonly key: string | undefined;
  readonly node: BodyNode;
  /** The layer of the parent that last gave entries. */
  last: number;
  lastSpan: Span;
}

/** Runs the loops and conditions of a body. */
function expand(ctx: Context, node: BodyNode): Expansion {
  const work: Expanding = {
    ctx,
    node,
    sources: new Map(),
    sections: [],
    assertions: [],
    repeated: [],
    state: { isDamaged: false },
  };
  node.layers.forEach(({ items, scope }, index) => expandItems(work, items, scope, index));
  const sections = work.sections.map((group) => group.node);
  const { sources, assertions, repeated, state } = work;
  return { sources, sections, assertions, repeated, isDamaged: state.isDamaged };
}

function expandItems(work: Expanding, items: readonly Item[], scope: Scope, index: number): void {
  for (const item of items) expandItem(work, item, scope, index);
}

function expandItem(work: Expanding, item: Item, scope: Scope, index: number): void {
  switch (item.type) {
    case "attribute":
      return expandAttribute(work, item, scope, index);
    case "block":
      return expandBlock(work, item, scope, index);
    case "for":
      return expandLoop(work, item, scope, index);
    case "assert":
      work.assertions.push({ item, scope });
      return;
    case "error":
      work.state.isDamaged = true;
      return;
    // Imports and params in a body are refused by the parser; lets are in the scope.
    case "import":
    case "param":
    case "let":
      return;
  }
}

function expandAttribute(work: Expanding, attribute: Attribute, scope: Scope, index: number): void {
  const first = addSource(work.sources, { attribute, scope, layer: index });
  if (first !== undefined) work.repeated.push({ again: attribute, first, profile: work.node.layers[index]?.profile });
}

function expandLoop(work: Expanding, item: ForItem, scope: Scope, index: number): void {
  runLoop(work.ctx, item, scope, (turn) => {
    for (const inner of item.body.items) if (inner.type === "let") declareLet(work.ctx, turn, inner);
    expandItems(work, item.body.items, turn, index);
  });
}

function expandBlock(work: Expanding, block: Block, scope: Scope, index: number): void {
  const { ctx, node } = work;
  const spec = sectionSpec(node.spec, block.kind.text);
  if (spec === undefined) {
    unknownSection(ctx, block, node, node.layers[index]?.profile);
    return;
  }
  if (block.when !== undefined && condition(ctx, block.when, scope, "`when`") === false) return;
  const last = block.args.at(-1);
  if (last?.type === "word" && last.name === "absent") {
    takeAway(work, { ...block, args: block.args.slice(0, -1) }, spec, scope, index);
    return;
  }
  const args = readArguments(ctx, block, spec, scope);
  const inner = layer(ctx, block.body?.items ?? [], scope, scope.self, node.layers[index]?.profile);
  if (block.extends.length > 0) reportExtends(ctx, block);
  const key = keyOf(block.kind.text, spec, args);
  const group = key === undefined ? undefined : work.sections.find((candidate) => candidate.key === key);
  if (group === undefined) {
    const section = bodyNode(ctx, sectionHead(node, block, spec, args), [inner]);
    work.sections.push({ key, node: section, last: index, lastSpan: section.headSpan });
  } else {
    mergeBlock(work, group, block, inner, index);
  }
}

/** `check docker absent`: the blocks of the layers below with these arguments are as if none of them had any. */
function takeAway(work: Expanding, block: Block, spec: SectionSpec, scope: Scope, index: number): void {
  const { ctx, node, sections } = work;
  const before = ctx.findings.length;
  const args = readArguments(ctx, block, spec, scope);
  if (ctx.findings.length > before) return;
  const text = sourceText(headSpan(block));
  if (block.body !== undefined) report(ctx, absentWithBody, block.body.span, { block: text });
  const inherited = sections.filter((group) => group.last < index && group.node.keyword === block.kind.text);
  const wanted = identitiesOf(args.values);
  const meant = inherited.filter((group) => spec.repeat === "once" || identitiesOf(group.node.args) === wanted);
  for (const group of meant) sections.splice(sections.indexOf(group), 1);
  if (meant.length > 0) return;
  const heads = inherited.map((group) => sourceText(group.node.headSpan));
  report(ctx, nothingToTakeAway, headSpan(block), { block: text, where: labelOf(node), inherited: heads });
}

function mergeBlock(work: Expanding, group: Group, block: Block, inner: Layer, index: number): void {
  if (group.last === index) {
    const related = [{ span: group.lastSpan, message: "first here" }];
    const args = { block: sourceText(headSpan(block)), where: labelOf(work.node) };
    report(work.ctx, duplicateBlock, headSpan(block), args, { related });
    return;
  }
  group.last = index;
  group.lastSpan = headSpan(block);
  group.node.layers.push(inner);
}

export function sectionSpec(spec: SectionSpec, keyword: string): SectionSpec | undefined {
  return Object.hasOwn(spec.sections, keyword) ? spec.sections[keyword] : undefined;
}

/** What makes two blocks the same one; undefined where any number may stand. */
function keyOf(keyword: string, spec: SectionSpec, args: Arguments): string | undefined {
  if (spec.repeat === "any") return undefined;
  if (spec.repeat === "once" || spec.args.length === 0) return keyword;
  const values = [...args.values.values()];
  if (values.some((value) => value.type === "error")) return undefined;
  return `${keyword} ${identitiesOf(args.values)}`;
}

function identitiesOf(args: BodyNode["args"]): string {
  return JSON.stringify([...args.values()].map(identityOf));
}

/** References are the same whether written by name or by id. */
function identityOf(value: Value): Value | string {
  return value.type === "ref" ? value.address : value;
}

function sectionHead(parent: BodyNode, block: Block, spec: SectionSpec, args: Arguments): Head {
  return {
    keyword: block.kind.text,
    path: [...parent.path, block.kind.text],
    spec,
    args: args.values,
    argSpans: args.spans,
    headSpan: headSpan(block),
    span: block.span,
    within: parent,
  };
}
