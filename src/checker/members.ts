import type { Expr, IndexExpr, MemberExpr } from "../syntax/ast.js";
import type { Span } from "../text/source.js";
import type { OptionType } from "../plugin-api/index.js";
import {
  ambiguousReference,
  ambiguousWord,
  badIndex,
  gluedName,
  notYetKnown,
  unknownMember,
} from "../diagnostics/catalogue/semantics.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import { formatIp, parseCidr } from "../text/ip.js";
import { isExcused, lookUp, report } from "./context.js";
import type { BodyNode, Context, ResourceNode, Scope } from "./context.js";
import { describe, errorDatum, numberDatum, plainText, settled, stringDatum } from "./datum.js";
import type { Datum } from "./datum.js";
import { operand, replacement, unknownWord } from "./words.js";
import { gluedForm } from "./glued.js";
import { qualified } from "./references.js";
import { expansionOf, settingOf } from "./settings.js";
import { fromValue } from "./values.js";

/** What a lookup found: a value, nothing (the object is there, the member is not), or a problem that has been reported. */
type Found = Datum | { readonly type: "missing"; readonly object: string; readonly names: readonly string[] };

/** `guest.attribute`, `self.attribute`, `map.key`. */
export function evaluateMember(ctx: Context, expr: MemberExpr, scope: Scope): Datum {
  const found = findMember(ctx, expr, scope);
  if (found.type !== "missing") return found;
  const { member, span } = expr;
  const spaced = gluedForm(member.text, (part) => found.names.includes(part) || lookUp(scope, part) !== undefined);
  if (spaced !== undefined) {
    report(ctx, gluedName, member.span, { name: member.text, spaced }, { fix: replacement(spaced, member.span) });
    return errorDatum(span);
  }
  const isKnown = found.names.includes(member.text);
  const suggested = isKnown ? undefined : didYouMean(member.text, found.names);
  const extra = {
    ...(isKnown ? { help: "no file sets it there; has() tells whether something is set" } : {}),
    ...(isKnown || suggested !== undefined ? {} : { help: "a dotted word is a reference; text stands in quotes" }),
    ...(suggested === undefined ? {} : { fix: replacement(suggested, member.span) }),
  };
  report(ctx, unknownMember, member.span, { object: found.object, member: member.text, suggested }, extra);
  return errorDatum(span);
}

/** `list[0]`, `map["key"]` */
export function evaluateIndex(ctx: Context, expr: IndexExpr, scope: Scope): Datum {
  const found = findElement(ctx, expr, scope);
  if (found.type !== "missing") return found;
  report(ctx, badIndex, expr.index.span, { problem: found.object });
  return errorDatum(expr.span);
}

/** Whether a dotted or indexed expression leads somewhere; undefined after a reported problem. For has(). */
export function isThere(ctx: Context, expr: MemberExpr | IndexExpr, scope: Scope): boolean | undefined {
  const found = expr.type === "member" ? findMember(ctx, expr, scope) : findElement(ctx, expr, scope);
  if (found.type === "error") return undefined;
  return found.type !== "missing" && found.type !== "absent";
}

function findMember(ctx: Context, expr: MemberExpr, scope: Scope): Found {
  const { member, span } = expr;
  const qualified = ofKind(ctx, expr, scope);
  if (qualified !== undefined) return qualified;
  const object = memberObject(ctx, expr, scope);
  if (object.type === "error") return errorDatum(span);
  if (object.type === "map") {
    const entry = object.entries.get(member.text);
    if (entry !== undefined) return { ...settled(entry), span };
    return { type: "missing", object: "this map", names: [...object.entries.keys()] };
  }
  const node = resourceOf(ctx, object);
  if (node === undefined) return { type: "missing", object: describe(object), names: [] };
  return resourceMember(ctx, node, member.text, span);
}

function resourceOf(ctx: Context, object: Datum): ResourceNode | undefined {
  if (object.type === "resource") return ctx.byAddress.get(object.address);
  const name = object.type === "text" ? ctx.byText.get(object.value) : undefined;
  return name?.length === 1 ? name[0] : undefined;
}

/** `image.noble`: a thing named with its kind, where neither a variable nor a thing is called as the kind is. */
function ofKind(ctx: Context, expr: MemberExpr, scope: Scope): Found | undefined {
  const { object, member } = expr;
  if (object.type !== "word" || !ctx.kinds.has(object.name) || !ctx.state.areResourcesKnown) return undefined;
  if (lookUp(scope, object.name) !== undefined || ctx.byText.has(object.name)) return undefined;
  const nodes = ctx.nodes.filter((node) => node.keyword === object.name);
  const node = nodes.find(({ name, id }) => name === member.text || String(id) === member.text);
  if (node !== undefined) return resourceDatum(node, expr.span);
  if (isExcused(ctx, member.text)) return errorDatum(expr.span);
  return { type: "missing", object: `the kind \`${object.name}\``, names: nodes.map(({ name }) => name) };
}

/** What stands before the dot: a variable, else a declared thing. */
function memberObject(ctx: Context, expr: MemberExpr, scope: Scope): Datum {
  const { object } = expr;
  if (object.type !== "word") return ctx.evaluate(object, scope);
  if (object.name === "self") return selfObject(ctx, object.span, scope);
  if (lookUp(scope, object.name) !== undefined) return variableObject(ctx, object, scope);
  if (!ctx.state.areResourcesKnown) {
    if (!isExcused(ctx, object.name)) {
      report(ctx, notYetKnown, expr.span, { what: `\`${object.name}.${expr.member.text}\`` });
    }
    return errorDatum(object.span);
  }
  const nodes = ctx.byText.get(object.name) ?? [];
  const [first, second] = nodes;
  if (first !== undefined && second !== undefined) {
    report(ctx, ambiguousReference, object.span, {
      name: object.name,
      first: qualified(first),
      second: qualified(second),
    });
    return errorDatum(object.span);
  }
  if (first !== undefined) return resourceDatum(first, object.span);
  return unknownWord(ctx, object.name, object.span, scope);
}

function selfObject(ctx: Context, at: Span, scope: Scope): Datum {
  const { self } = scope;
  return self === undefined ? unknownWord(ctx, "self", at, scope) : resourceDatum(self, at);
}

/** A variable before a dot; when a declared thing has the same name, both are meant equally. */
function variableObject(ctx: Context, object: Extract<Expr, { type: "word" }>, scope: Scope): Datum {
  const datum = ctx.evaluate(object, scope);
  const [node] = ctx.byText.get(object.name) ?? [];
  if (node === undefined || datum.via === undefined || plainText(datum) === node.name) return datum;
  const variable = `the ${datum.via.what} \`${object.name}\``;
  const related = [
    { span: datum.via.span, message: "the variable" },
    { span: node.headSpan, message: node.address },
  ];
  const help = `rename the ${datum.via.what}, or write \`${qualified(node)}\` for the other`;
  report(
    ctx,
    ambiguousWord,
    object.span,
    { name: object.name, variable, other: `\`${node.address}\`` },
    { related, help },
  );
  return errorDatum(object.span);
}

function resourceDatum(node: ResourceNode, span: Span): Datum {
  return { type: "resource", address: node.address, name: node.name, span };
}

function resourceMember(ctx: Context, node: ResourceNode, name: string, span: Span): Found {
  if (name === "id" && node.id !== undefined) return numberDatum(node.id, span);
  if (name === "name") return stringDatum(node.name, span);
  const arg = node.args.get(name);
  if (arg !== undefined) return fromValue(arg, span);
  const own = memberOf(ctx, node, name, span);
  if (own !== undefined) return own;
  if (node.spec.options[name] === undefined) {
    // What the block itself does not have is that of its first section which sets it: `docker-1.ip`.
    for (const section of expansionOf(ctx, node, span).sections) {
      const inner = memberOf(ctx, section, name, span);
      if (inner !== undefined) return inner;
    }
  }
  return { type: "missing", object: `\`${node.name}\` (${node.address})`, names: memberNames(node) };
}

function memberOf(ctx: Context, node: BodyNode, name: string, span: Span): Datum | undefined {
  const setting = settingOf(ctx, node, name, span);
  if (setting === undefined) return undefined;
  const type = node.spec.options[name]?.type;
  return type !== undefined && takesHostCidr(type)
    ? withoutPrefix(setting.value.type, fromValue(setting.value, span))
    : fromValue(setting.value, span);
}

/** The address of `10.0.0.5/24`: as a member of a guest, an address is wanted, not the net around it. */
function withoutPrefix(type: string, datum: Datum): Datum {
  const cidr = type === "string" && datum.type === "text" ? parseCidr(datum.value) : undefined;
  return cidr === undefined ? datum : stringDatum(formatIp(cidr), datum.span);
}

function takesHostCidr(type: OptionType): boolean {
  if (type.type === "union") return type.of.some(takesHostCidr);
  return type.type === "cidr" && type.host === true;
}

function memberNames(node: ResourceNode): readonly string[] {
  const ofSections = Object.values(node.spec.sections).flatMap((section) => Object.keys(section.options));
  return ["id", "name", ...node.args.keys(), ...Object.keys(node.spec.options), ...ofSections];
}

function findElement(ctx: Context, expr: IndexExpr, scope: Scope): Found {
  const object = operand(ctx, expr.object, scope);
  const index = operand(ctx, expr.index, scope);
  if (object.type === "error" || index.type === "error") return errorDatum(expr.span);
  const none = (problem: string): Found => ({ type: "missing", object: problem, names: [] });
  if (object.type === "map") {
    const key = plainText(index);
    const entry = key === undefined ? undefined : object.entries.get(key);
    return entry === undefined
      ? none(`this map has no key ${describe(index)}`)
      : { ...settled(entry), span: expr.span };
  }
  if (object.type !== "list") return none(`${describe(object)} has no elements; lists and maps have`);
  if (index.type !== "number") return none(`a list takes a number as index, not ${describe(index)}`);
  const element = object.items[index.value];
  if (element !== undefined) return { ...settled(element), span: expr.span };
  const { length } = object.items;
  return none(
    length === 0 ? "this list is empty" : `this list has the elements 0 to ${length - 1}, not ${index.value}`,
  );
}
