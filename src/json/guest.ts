import { jsonNoSource } from "../diagnostics/catalogue/json-text.js";
import { jsonTemplateUnused } from "../diagnostics/catalogue/json.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Attribute, Block, Item } from "../syntax/ast.js";
import {
  asBool,
  asGuests,
  asInt,
  asList,
  asSeconds,
  asString,
  attribute,
  block,
  int,
  joined,
  string,
} from "./build.js";
import type { Context, Guest } from "./context.js";
import { cloneField, type ImageUse } from "./images.js";
import { boolOf, member, memberOf, textOf } from "./read.js";
import { isOptionText } from "./raw.js";
import type { JsonNode } from "./tree.js";

/** The parts that containers and virtual machines have in common. */

/** The block of a guest around its items. */
export function guestBlock(guest: Guest, items: readonly Item[]): Block {
  const { kind, id, idSpan, name, nameSpan, span } = guest;
  return block(kind, idSpan, span, [int(idSpan, id), string(nameSpan, name)], items);
}

/** `template`, `description` and what else is the same in both. */
export function commonItems(guest: Guest): readonly Attribute[] {
  return joined<Attribute>(
    attribute(member(guest.node, "is_template"), "template", asBool),
    attribute(member(guest.node, "rebuild_ids"), "rebuild_ids", asString),
    attribute(member(guest.node, "description"), "description", asString),
    attribute(member(guest.node, "dependencies"), "needs", asGuests),
    isOptionText(guest) ? [] : attribute(member(guest.node, "features"), "features", asList(string)),
  );
}

/** What a guest is made from: `image`, or `clone` with `more` of it. */
export function sourceItems(
  context: Context,
  guest: Guest,
  image: ImageUse | undefined,
  more: readonly Attribute[],
): readonly Attribute[] {
  const clone = cloneField(guest);
  const field = guest.kind === "ct" ? "template" : "template_image";
  const template = member(guest.node, field);
  if (clone === undefined && template === undefined) {
    const fields = guest.kind === "ct" ? "`template` nor `clone_from_ctid`" : "`template_image` nor `clone_from_vmid`";
    context.report(diagnose(jsonNoSource, guest.nameSpan, { guest: guest.label, fields }));
  }
  if (clone === undefined) {
    return image === undefined ? [] : attribute(template, "image", () => string(image.node.span, image.text));
  }
  if (template !== undefined)
    context.report(diagnose(jsonTemplateUnused, template.nameSpan, { field, clone: clone.name }));
  const asGuest = (node: JsonNode) => {
    const id = Number(textOf(node));
    return Number.isSafeInteger(id) ? int(node.span, id) : undefined;
  };
  return [...attribute(clone, "clone", asGuest), ...more];
}

/** `boot { start order delay }`; containers wait as long when they stop as when they start. */
export function bootBlock(guest: Guest): readonly Block[] {
  const start = member(guest.node, "start_at_boot");
  const order = member(guest.node, "boot_order");
  const delay = member(guest.node, "boot_delay");
  const first = start ?? order ?? delay;
  if (first === undefined) return [];
  const items = joined<Attribute>(
    attribute(start, "start", asBool),
    attribute(order, "order", asInt),
    attribute(delay, "delay", asSeconds),
    guest.kind === "ct" ? attribute(delay, "down_delay", asSeconds) : [],
  );
  return [block("boot", first.nameSpan, first.span, [], items)];
}

/** `application_script` as a `script` block: a name in the project's folder of scripts. */
export function scriptBlocks(guest: Guest): readonly Block[] {
  const field = member(guest.node, "application_script");
  const name = textOf(field?.value);
  if (field === undefined || name === undefined || name === "") return [];
  return [block("script", field.nameSpan, field.span, [string(field.value.span, name)], [])];
}

/** Whether a guest ends as a template, which takes no snapshots and never runs. */
export function isTemplate(guest: Guest): boolean {
  return boolOf(member(guest.node, "is_template")?.value) === true;
}

/** The first of several fields of a guest that is there. */
export function fieldOf(guest: Guest, ...names: readonly string[]) {
  return memberOf(guest.node, names);
}
