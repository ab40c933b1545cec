import type { Attribute, Item } from "../syntax/ast.js";
import type { BodyNode, Source } from "./context.js";

/** The attributes that stand in the layers themselves, and in no loop. */
export function directSources({ layers }: BodyNode): ReadonlyMap<string, readonly Source[]> {
  const sources = new Map<string, Source[]>();
  const inLoops = new Set<string>();
  layers.forEach(({ items, scope }, index) => {
    for (const item of items) {
      if (item.type === "attribute") addSource(sources, { attribute: item, scope, layer: index });
      if (item.type === "for") for (const name of attributeNames(item.body.items)) inLoops.add(name);
    }
  });
  for (const name of inLoops) sources.delete(name);
  return sources;
}

function attributeNames(items: readonly Item[]): readonly string[] {
  return items.flatMap((item) => {
    if (item.type === "attribute") return [item.name.text];
    return item.type === "for" ? attributeNames(item.body.items) : [];
  });
}

/** Inside one layer the first `=` counts; gives it when this is a second one. */
export function addSource(sources: Map<string, Source[]>, source: Source): Attribute | undefined {
  const name = source.attribute.name.text;
  const same = sources.get(name);
  if (same === undefined) {
    sources.set(name, [source]);
    return undefined;
  }
  const earlier = same.find((other) => other.layer === source.layer);
  if (earlier !== undefined && source.attribute.operator === "=") return earlier.attribute;
  same.push(source);
  return undefined;
}
