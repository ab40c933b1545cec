import type { Edge, Resource, Section, Setting } from "../model/resource.js";
import type { SectionSpec } from "../plugin-api/index.js";
import type { AssertItem } from "../syntax/ast.js";
import { assertionFailed, duplicateAttribute, missingAttribute } from "../diagnostics/catalogue/semantics.js";
import { report } from "./context.js";
import type { BodyNode, Context, Expansion, ResourceNode, Scope, Source } from "./context.js";
import { plainText } from "./datum.js";
import { condition } from "./words.js";
import { edgesOf } from "./graph.js";
import { labelOf } from "./labels.js";
import { checkedSetting, expansionOf, optionOf } from "./settings.js";
import { unknownSetting } from "./unknown.js";

/** Checks all of a top-level block. The kind's own edges come later, when the whole model is there. */
export function checkResource(ctx: Context, node: ResourceNode): Resource & { readonly requires: Edge[] } {
  const section = checkSection(ctx, node);
  const { address, id, name, drawn } = node;
  const { kind, args, argSpans, settings, sections, span, headSpan, takenAway } = section;
  return {
    kind,
    args,
    argSpans,
    settings,
    sections,
    span,
    headSpan,
    ...(takenAway === undefined ? {} : { takenAway }),
    address,
    ...(id === undefined ? {} : { id }),
    ...(drawn === undefined ? {} : { drawn }),
    name,
    requires: edgesOf(section, address),
  };
}

/** Checks a body: names, values, what is missing, nested blocks, assertions. */
function checkSection(ctx: Context, node: BodyNode): Section {
  const expansion = expansionOf(ctx, node, node.headSpan);
  reportRepeated(ctx, node, expansion);
  const settings = new Map<string, Setting>();
  for (const [name, sources] of expansion.sources) {
    const setting = checkSetting(ctx, node, sources, name);
    if (setting !== undefined) settings.set(name, setting);
  }
  reportMissing(ctx, node, expansion, settings);
  const sections = expansion.sections.map((section) => checkSection(ctx, section));
  for (const { item, scope } of expansion.assertions) checkAssertion(ctx, item, scope);
  const { args, argSpans, span, headSpan, takenAway } = node;
  const section = { kind: node.keyword, args, argSpans, settings, sections, span, headSpan };
  return takenAway === undefined ? section : { ...section, takenAway };
}

function checkSetting(ctx: Context, node: BodyNode, sources: readonly Source[], name: string): Setting | undefined {
  const option = optionOf(node.spec, name);
  if (option !== undefined) return checkedSetting(ctx, node, sources, { name, option }, node.headSpan);
  for (const { attribute, layer } of sources) {
    unknownSetting(ctx, attribute, node, node.layers[layer]?.profile);
  }
  return undefined;
}

function reportRepeated(ctx: Context, node: BodyNode, { repeated }: Expansion): void {
  for (const { again, first, profile } of repeated) {
    const where = profile === undefined ? labelOf(node) : `profile \`${profile}\``;
    const related = [{ span: first.name.span, message: "first set here" }];
    report(ctx, duplicateAttribute, again.name.span, { name: again.name.text, where }, { related });
  }
}

function reportMissing(
  ctx: Context,
  node: BodyNode,
  expansion: Expansion,
  settings: ReadonlyMap<string, Setting>,
): void {
  if (expansion.isDamaged) return;
  for (const name of requiredOf(node.spec)) {
    if (settings.has(name)) continue;
    const doc = node.spec.options[name]?.doc ?? "";
    report(ctx, missingAttribute, node.headSpan, { name, where: labelOf(node), doc });
  }
}

const required = new WeakMap<SectionSpec, readonly string[]>();

/** The attributes that a block must have; few of the many that it may have, and asked for each block. */
function requiredOf(spec: SectionSpec): readonly string[] {
  const known = required.get(spec);
  if (known !== undefined) return known;
  const found = Object.keys(spec.options).filter((name) => spec.options[name]?.required === true);
  required.set(spec, found);
  return found;
}

/** A condition of the files' author; its message is theirs. */
export function checkAssertion(ctx: Context, item: AssertItem, scope: Scope): void {
  const holds = condition(ctx, item.condition, scope, "`assert`");
  if (holds !== false) return;
  const message = ctx.evaluate(item.message, scope);
  report(ctx, assertionFailed, item.condition.span, { message: plainText(message) ?? "this assertion does not hold" });
}
