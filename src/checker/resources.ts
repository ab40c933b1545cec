import type { KindSpec } from "../plugin-api/index.js";
import type { Attribute, Block, ForItem, Item } from "../syntax/ast.js";
import { buildKey, writtenId } from "../model/drawn.js";
import type { Value } from "../model/resource.js";
import type { Span } from "../text/source.js";
import { attributeAtFileLevel, duplicateId, duplicateName } from "../diagnostics/catalogue/semantics.js";
import { headSpan, readArguments } from "./arguments.js";
import type { Arguments } from "./arguments.js";
import { bodyNode, layer } from "./bodies.js";
import { report } from "./context.js";
import type { Context, Layer, ResourceNode, Scope } from "./context.js";
import { sourceText } from "./labels.js";
import { condition } from "./words.js";
import { declareLet, runLoop } from "./loops.js";
import { declareProfile, profileChain } from "./profiles.js";
import { reportExtends, reportUnknownKind } from "./unknown.js";

/** A top-level block of a known kind, waiting until all profiles are known. */
export interface Found {
  readonly kind: KindSpec;
  readonly block: Block;
  readonly scope: Scope;
}

/** Runs the loops and conditions at file level: declares profiles, gives the blocks of the kinds in source order. */
export function collectBlocks(ctx: Context, items: readonly Item[], scope: Scope, found: Found[]): void {
  for (const item of items) collectItem(ctx, item, scope, found);
}

function collectItem(ctx: Context, item: Item, scope: Scope, found: Found[]): void {
  switch (item.type) {
    case "block":
      return collectBlock(ctx, item, scope, found);
    case "for":
      return collectLoop(ctx, item, scope, found);
    case "assert":
      ctx.assertions.push({ item, scope });
      return;
    case "attribute":
      return reportStray(ctx, item);
    case "error":
      ctx.lost.push(item.span.file.text.slice(item.span.start, item.span.end));
      return;
    case "import":
    case "param":
    case "let":
      return;
  }
}

/** An attribute outside any block; where the text is damaged, that is a consequence. */
function reportStray(ctx: Context, { name }: Attribute): void {
  if (ctx.state.doubts.damaged.has(name.span.file.path)) return;
  report(ctx, attributeAtFileLevel, name.span, { name: name.text });
}

function collectLoop(ctx: Context, item: ForItem, scope: Scope, found: Found[]): void {
  const isWhole = runLoop(ctx, item, scope, (turn) => {
    for (const inner of item.body.items) if (inner.type === "let") declareLet(ctx, turn, inner);
    collectBlocks(ctx, item.body.items, turn, found);
  });
  if (!isWhole) ctx.state.isIncomplete = true;
}

function collectBlock(ctx: Context, block: Block, scope: Scope, found: Found[]): void {
  const kind = ctx.kinds.get(block.kind.text);
  if (kind === undefined && block.kind.text !== "profile") {
    ctx.lost.push(sourceText(headSpan(block)));
    return reportUnknownKind(ctx, block);
  }
  if (block.when !== undefined && condition(ctx, block.when, scope, "`when`") === false) return;
  if (kind === undefined) declareProfile(ctx, block, scope);
  else found.push({ kind, block, scope });
}

/** Makes the resource of a block: its identity from its arguments, its layers from its profiles and itself. */
export function addResource(ctx: Context, { kind, block, scope }: Found): void {
  const args = readArguments(ctx, block, kind, scope);
  if (kind.profiles !== true) reportExtends(ctx, block);
  const profiles = kind.profiles === true ? profileChain(ctx, block.extends) : [];
  const node = resourceNode(ctx, kind, block, args);
  const layers: Layer[] = node.layers;
  for (const profile of profiles) {
    layers.push(layer(ctx, profile.block.body?.items ?? [], profile.scope, node, profile.name));
  }
  layers.push(layer(ctx, block.body?.items ?? [], scope, node));
  ctx.nodes.push(node);
  index(ctx, node);
}

function resourceNode(ctx: Context, kind: KindSpec, block: Block, args: Arguments): ResourceNode {
  const written = nameOf(args.values.get(kind.identity.name));
  const drawn = drawnId(ctx, kind, args, written) ?? rebuiltId(ctx, kind, args);
  const values = drawn?.value === undefined ? args.values : new Map([...args.values, ...drawn.value]);
  const idValue = kind.identity.id === undefined ? undefined : values.get(kind.identity.id);
  const id = idValue?.type === "number" ? idValue.value : undefined;
  const name = written ?? String(id ?? "");
  const address = `${kind.keyword}.${id ?? name}`;
  if (written === undefined) ctx.unnamed.add(kind.keyword);
  const body = bodyNode(ctx, {
    keyword: kind.keyword,
    path: [],
    spec: kind,
    args: values,
    argSpans: args.spans,
    headSpan: headSpan(block),
    span: block.span,
    within: name === "" ? `\`${kind.keyword}\`` : address,
  });
  // With an argument that could not be read, even the id may be half of what was meant.
  const isUnclear = id === undefined || block.args.some((arg) => arg.type === "error");
  const isSpurious = written === undefined && isUnclear;
  return Object.assign(body, { kind, address, id, name, drawn: drawn?.key, isSpurious });
}

/** An id that is left to phxc: whose it is, and its value where it has been drawn. */
function drawnId(
  ctx: Context,
  kind: KindSpec,
  args: Arguments,
  name: string | undefined,
): { readonly key: string; readonly value: ReadonlyMap<string, Value> | undefined } | undefined {
  const { id } = kind.identity;
  if (id === undefined || name === undefined || !args.drawn.has(id)) return undefined;
  ctx.state.draws = true;
  const key = `${kind.keyword}.${name}.id`;
  const text = ctx.drawn.get(key);
  return { key, value: text === undefined ? undefined : new Map([[id, { type: "number", value: Number(text) }]]) };
}

/** A template that was made anew stands under another id than the files write: the lock file has it. */
function rebuiltId(ctx: Context, kind: KindSpec, args: Arguments): ReturnType<typeof drawnId> {
  const { id } = kind.identity;
  const written = id === undefined ? undefined : args.values.get(id);
  if (id === undefined || written?.type !== "number" || ctx.drawn.size === 0) return undefined;
  const key = buildKey(kind.keyword, written.value);
  const text = ctx.drawn.get(key);
  if (text === undefined) return undefined;
  ctx.state.draws = true;
  return { key, value: new Map([[id, { type: "number", value: Number(text) }]]) };
}

function nameOf(value: Value | undefined): string | undefined {
  if (value?.type === "string") return value.value;
  if (value?.type === "number") return String(value.value);
  return value?.type === "ref" ? value.text : undefined;
}

/** Makes a resource known by address, name and id; what takes another's place is reported and stays outside the model. */
function index(ctx: Context, node: ResourceNode): void {
  if (node.isSpurious) return;
  const { kind, id, name } = node;
  const before = node.drawn === undefined ? undefined : writtenId(node.drawn);
  for (const own of new Set([id, before])) {
    if (own !== undefined) take(ctx, node, `id ${kind.idSpace ?? kind.keyword} ${own}`, true);
  }
  const isNameFree = take(ctx, node, `name ${kind.nameSpace ?? kind.keyword} ${name.toLowerCase()}`, false);
  if (ctx.byAddress.has(node.address)) {
    node.isSpurious = true;
    return;
  }
  ctx.byAddress.set(node.address, node);
  if (isNameFree) addText(ctx, name, node);
  if (id !== undefined && String(id) !== name) addText(ctx, String(id), node);
  if (before !== undefined && before !== id) addText(ctx, String(before), node);
}

function addText(ctx: Context, key: string, node: ResourceNode): void {
  const same = ctx.byText.get(key);
  if (same === undefined) ctx.byText.set(key, [node]);
  else same.push(node);
}

/** Claims an id or name; false when another has it, which is reported. */
function take(ctx: Context, node: ResourceNode, key: string, isId: boolean): boolean {
  const first = ctx.taken.get(key);
  if (first === undefined) {
    ctx.taken.set(key, node);
    return true;
  }
  const at = identitySpan(node, isId);
  const before = identitySpan(first, isId);
  const isLoop = before.file === at.file && before.start === at.start;
  const what = isId ? "id" : "name";
  const extra = isLoop
    ? { help: `the loop makes several blocks: their ${what} has to differ from turn to turn` }
    : { related: [{ span: before, message: "first used here" }] };
  if (isId) report(ctx, duplicateId, at, { id: node.id ?? 0, first: described(first) }, extra);
  else report(ctx, duplicateName, at, { name: node.name, first: described(first) }, extra);
  return false;
}

function identitySpan(node: ResourceNode, isId: boolean): Span {
  const { id, name } = node.kind.identity;
  return node.argSpans.get(isId ? (id ?? name) : name) ?? node.headSpan;
}

function described(node: ResourceNode): string {
  return node.address.endsWith(`.${node.name}`) ? `\`${node.address}\`` : `\`${node.name}\` (${node.address})`;
}
