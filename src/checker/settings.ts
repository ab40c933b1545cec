import type { Setting, SettingLayer, Value } from "../model/resource.js";
import type { OptionSpec, OptionType, SectionSpec } from "../plugin-api/index.js";
import type { Expr } from "../syntax/ast.js";
import type { Span } from "../text/source.js";
import {
  absentNotAllowed,
  appendToOther,
  literalSecret,
  repeatedElement,
  wrongType,
} from "../diagnostics/catalogue/semantics.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { force, lazy, report } from "./context.js";
import type { BodyNode, Context, Expansion, Lazy, Source } from "./context.js";
import { repeatedItem, tryConvert } from "./convert.js";
import { anchored } from "./convert-text.js";
import { describe } from "./datum.js";
import { drawnSetting, isLeftToDraw } from "./drawn.js";
import { directSources } from "./sources.js";
import { reportGlued } from "./words.js";
import { ERROR, fromValue } from "./values.js";

const NOTHING: Expansion = { sources: new Map(), sections: [], assertions: [], repeated: [], isDamaged: true };

/** What a body holds; computed when first asked for. A body that asks for itself is reported, and holds nothing. */
export function expansionOf(ctx: Context, node: BodyNode, at: Span): Expansion {
  return force(ctx, node.expansion, at, NOTHING);
}

/** The declaration of an attribute: a named one, or the free one that its name fits. */
export function optionOf(spec: SectionSpec, name: string): OptionSpec | undefined {
  if (Object.hasOwn(spec.options, name)) return spec.options[name];
  const { free } = spec;
  return free !== undefined && anchored(free.pattern).test(name) ? free.option : undefined;
}

/** A checked attribute of a body; undefined when nothing sets it or its kind does not have it. */
export function settingOf(ctx: Context, node: BodyNode, name: string, at: Span): Setting | undefined {
  const option = optionOf(node.spec, name);
  const sources = option === undefined ? undefined : sourcesOf(ctx, node, name, at);
  if (option === undefined || sources === undefined) return undefined;
  return checkedSetting(ctx, node, sources, { name, option }, at);
}

/** An attribute of a body, given what sets it; checked once. */
export function checkedSetting(
  ctx: Context,
  node: BodyNode,
  sources: readonly Source[],
  declared: Declared,
  at: Span,
): Setting | undefined {
  const { name } = declared;
  const thunk = node.settings.get(name) ?? settingThunk(ctx, node, sources, declared, at);
  return force(ctx, thunk, at, { name, value: ERROR, span: at, nameSpan: at });
}

function settingThunk(
  ctx: Context,
  node: BodyNode,
  sources: readonly Source[],
  declared: Declared,
  at: Span,
): Lazy<Setting | undefined> {
  const { name, option } = declared;
  const thunk = lazy(node, `.${name}`, () => {
    const setting = merge(ctx, node, sources, declared);
    const owner = sources.at(-1)?.scope.self;
    if (setting === undefined || owner === undefined || !isLeftToDraw(setting, option)) return setting;
    return drawnSetting(ctx, setting, node, owner, expansionOf(ctx, owner, at).sections);
  });
  node.settings.set(name, thunk);
  return thunk;
}

/** What gives an attribute its value. Of a body that is still being expanded, attributes that stand in no loop are known. */
function sourcesOf(ctx: Context, node: BodyNode, name: string, at: Span): readonly Source[] | undefined {
  if (node.expansion.state === "done") return node.expansion.value?.sources.get(name);
  node.direct ??= directSources(node);
  return node.direct.get(name) ?? expansionOf(ctx, node, at).sources.get(name);
}

/** An attribute with its declaration. */
interface Declared {
  readonly name: string;
  readonly option: OptionSpec;
}

/** Later layers win; `+=` extends what came before; `absent` takes it away where there is no option of Proxmox to remove. */
function merge(ctx: Context, node: BodyNode, sources: readonly Source[], declared: Declared): Setting | undefined {
  const { name, option } = declared;
  const only = sources.length === 1 ? sources[0] : undefined;
  if (only !== undefined && isAlone(node, only)) {
    const { value: expr, name: word } = only.attribute;
    return { name, value: attributeValue(ctx, only, declared, false), span: expr.span, nameSpan: word.span };
  }
  const layers: SettingLayer[] = [];
  let setting: Setting | undefined;
  for (const source of sources.flatMap(withBelow)) {
    const { value: expr, operator, name: word } = source.attribute;
    const value = attributeValue(ctx, source, declared, setting !== undefined);
    const base = operator === "+=" ? setting?.value : undefined;
    const merged = base === undefined ? value : extend(ctx, base, value, source, option.type);
    const isDropped = merged.type === "absent" && !isRemovable(option);
    setting = isDropped ? undefined : { name, value: merged, span: expr.span, nameSpan: word.span };
    const profile = node.layers[source.layer]?.profile;
    const layer = { operator, value, span: expr.span };
    layers.push(profile === undefined ? layer : { profile, ...layer });
  }
  const isPlain = layers.length === 1 && layers[0]?.profile === undefined;
  if (setting !== undefined) return isPlain ? setting : { ...setting, layers };
  node.takenAway ??= new Map();
  node.takenAway.set(name, layers);
  return undefined;
}

/** Whether the block itself says it, and nothing below: as most attributes are set. */
function isAlone(node: BodyNode, { attribute, layer }: Source): boolean {
  return attribute.operator === "=" && attribute.below === undefined && node.layers[layer]?.profile === undefined;
}

/** What files below a file say comes before what it says. */
function withBelow(source: Source): readonly Source[] {
  const { below } = source.attribute;
  return below === undefined ? [source] : [...below.map((attribute) => ({ ...source, attribute })), source];
}

function attributeValue(ctx: Context, source: Source, { name, option }: Declared, isInherited: boolean): Value {
  const { attribute, scope } = source;
  const isAppending = attribute.operator === "+=";
  if (isAppending && !takesList(option.type)) {
    report(ctx, appendToOther, attribute.name.span, { name, found: "takes none" });
    return ERROR;
  }
  if (option.type.type === "secret" && !mayBeSecret(attribute.value)) {
    report(ctx, literalSecret, attribute.value.span, { name }, { secrets: [] });
    return ERROR;
  }
  const datum = ctx.evaluate(attribute.value, scope);
  if (datum.type === "absent" && !isAppending) {
    if (isInherited || isRemovable(option)) return { type: "absent" };
    report(ctx, absentNotAllowed, datum.span, { name });
    return ERROR;
  }
  const outcome = tryConvert(ctx, datum, option.type, name);
  if (outcome.ok) return outcome.value;
  if (!reportGlued(ctx, datum, scope)) ctx.findings.push(...outcome.findings.map((found) => withHint(found, option)));
  return ERROR;
}

/** What the declaration says about values of another type, where the finding itself says nothing. */
function withHint(finding: Diagnostic, { hint }: OptionSpec): Diagnostic {
  const isMute = finding.code === wrongType.code && finding.help === undefined && finding.fix === undefined;
  return hint === undefined || !isMute ? finding : { ...finding, help: hint };
}

/** What may turn out to be secret(...); anything else in the place of a secret is not even evaluated, lest it be quoted. */
function mayBeSecret(expr: Expr): boolean {
  if (expr.type === "paren") return mayBeSecret(expr.inner);
  if (expr.type === "conditional") return mayBeSecret(expr.then) && mayBeSecret(expr.otherwise);
  return expr.type === "call" || expr.type === "error" || (expr.type === "word" && expr.name === "absent");
}

/** By default what Proxmox has an option for can be removed from it. */
function isRemovable(option: OptionSpec): boolean {
  return option.removable ?? (option.pve !== undefined && option.required !== true);
}

function takesList(type: OptionType): boolean {
  return type.type === "list" || (type.type === "union" && type.of.some(takesList));
}

function extend(ctx: Context, base: Value, value: Value, source: Source, type: OptionType): Value {
  if (base.type === "error" || value.type === "error") return ERROR;
  const { attribute } = source;
  const name = attribute.name.text;
  if (base.type === "absent") return value;
  if (base.type !== "list" || value.type !== "list") {
    report(ctx, appendToOther, attribute.name.span, { name, found: "is none here" });
    return ERROR;
  }
  const items = [...base.items, ...value.items];
  const isUnique = type.type === "list" && type.unique === true;
  const repeated = isUnique ? items[repeatedItem(items) ?? -1] : undefined;
  if (repeated === undefined) return { type: "list", items };
  const at = attribute.value.span;
  report(ctx, repeatedElement, at, { name, found: describe(fromValue(repeated, at)) });
  return ERROR;
}
