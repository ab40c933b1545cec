import type { Attribute, Block, Expr, Item, LiteralExpr, LiteralKind, Name } from "../syntax/ast.js";
import { cover, type Span } from "../text/source.js";
import { boolOf, intOf, type Part, partsOf, textOf } from "./read.js";
import type { JsonMember, JsonNode } from "./tree.js";

/**
 * Makes tree nodes whose spans point into the JSON. What a user wrote becomes a string or a literal, never a bare word, so
 * that no name of theirs can be taken for a variable or a keyword; bare words are only ours.
 */

const MIB = 1024 ** 2;

export function name(at: Span, text: string): Name {
  return { span: at, text };
}

/** A bare word of the language: `true`, `dhcp`, `accept`. */
export function word(at: Span, text: string): Expr {
  return { type: "word", span: at, name: text };
}

export function string(at: Span, text: string): Expr {
  return { type: "string", span: at, form: "line", parts: [text] };
}

export function list(at: Span, items: readonly Expr[]): Expr {
  return { type: "list", span: at, items };
}

export function bool(at: Span, value: boolean): Expr {
  return word(at, String(value));
}

function literal(at: Span, kind: LiteralKind, text: string, value?: number): LiteralExpr {
  if (value === undefined) return { type: "literal", span: at, kind, text };
  return { type: "literal", span: at, kind, text, value };
}

export function int(at: Span, value: number): Expr {
  return literal(at, "int", String(value), value);
}

export function mebibytes(at: Span, value: number): Expr {
  return literal(at, "size", `${value}MiB`, value * MIB);
}

export function gibibytes(at: Span, value: number): Expr {
  return literal(at, "size", `${value}GiB`, value * 1024 * MIB);
}

export function bytes(at: Span, value: number): Expr {
  return literal(at, "size", String(value), value);
}

export function seconds(at: Span, value: number): Expr {
  return literal(at, "duration", `${value}s`, value * 1000);
}

export function ownership(at: Span, uid: number, gid: number): Expr {
  return literal(at, "ownership", `${uid}:${gid}`);
}

/** `secret("env:NAME")` from a text that says where a secret is. */
export function secret(at: Span, text: string): Expr {
  return { type: "call", span: at, callee: name(at, "secret"), args: [string(at, text)] };
}

/** `file("path")`: the text of a file beside the configuration. */
export function fileText(at: Span, path: string): Expr {
  return { type: "call", span: at, callee: name(at, "file"), args: [string(at, path)] };
}

/** `lower..upper` */
export function range(at: Span, lower: Expr, upper: Expr): Expr {
  return { type: "binary", span: at, operator: "..", left: lower, right: upper };
}

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;
const IPV6 = /^[0-9A-Fa-f]*:[0-9A-Fa-f:]*$/;

/** An address or a network as a literal; any other text as a string, for the checker to judge. */
export function address(at: Span, text: string): Expr {
  const [host = "", prefix] = text.split("/");
  const kind = IPV4.test(host) ? "ipv4" : IPV6.test(host) ? "ipv6" : undefined;
  if (kind === undefined || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) return string(at, text);
  return literal(at, prefix === undefined ? kind : "cidr", text);
}

/** `128K`, `800G`, `1.4T` as a literal, or undefined. Fractions of a byte are cut off, as ZFS does. */
export function size(at: Span, text: string): Expr | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGT])$/.exec(text);
  if (match === null) return undefined;
  const power = "KMGT".indexOf(match[2] ?? "K") + 1;
  return literal(at, "size", text, Math.floor(Number(match[1]) * 1024 ** power));
}

/** Turns a value into an expression; undefined when it has another form (then it has been reported). */
export type Make = (node: JsonNode) => Expr | undefined;

function from<T>(readValue: (node: JsonNode) => T | undefined, make: (at: Span, value: T) => Expr): Make {
  return (node) => {
    const value = readValue(node);
    return value === undefined ? undefined : make(node.span, value);
  };
}

export const asString: Make = from(textOf, string);
const asSecret: Make = from(textOf, secret);
export const asBool: Make = from(boolOf, bool);
export const asInt: Make = from(intOf, int);
export const asMebibytes: Make = from(intOf, mebibytes);
export const asGibibytes: Make = from(intOf, gibibytes);
export const asBytes: Make = from(intOf, bytes);
export const asSeconds: Make = from(intOf, seconds);
export const asAddress: Make = from(textOf, address);
export const asMac: Make = from(textOf, (at, text) => (text === "auto" ? string(at, text) : literal(at, "mac", text)));

/** A list of the parts of a text or a list, each made by `make`. */
export function asList(
  make: (at: Span, text: string) => Expr,
  read: (node: JsonNode) => readonly Part[] = partsOf,
): Make {
  return (node) =>
    list(
      node.span,
      read(node).map((part) => make(part.node.span, part.text)),
    );
}

/** Ids of guests, as references. */
export const asGuests: Make = asList((at, text) =>
  /^\d{1,15}$/.test(text) ? int(at, Number(text)) : string(at, text),
);

/** `name = value` from a property, if it is there, over what files below say of it. */
export function attribute(from: JsonMember | undefined, called: string, make: Make): readonly Attribute[] {
  if (from === undefined) return [];
  const own = alone(from, called, make);
  if (from.below === undefined || from.below.length === 0) return [own];
  return [{ ...own, below: from.below.map((member) => alone(member, called, make)) }];
}

/**
 * An attribute from a text that says where a secret is. Any other text stands for none: `NOT_SET`, or a hash in clear text, which is
 * reported as such.
 */
export function secretAttribute(from: JsonMember | undefined, called: string): readonly Attribute[] {
  const text = textOf(from?.value);
  return text !== undefined && /^(env|file|cmd):./.test(text) ? attribute(from, called, asSecret) : [];
}

function alone({ nameSpan, span, value, appended }: JsonMember, called: string, make: Make): Attribute {
  const own = appended ?? value;
  const operator = appended === undefined ? "=" : "+=";
  return {
    type: "attribute",
    span,
    name: name(nameSpan, called),
    operator,
    value: make(own) ?? { type: "error", span: own.span },
  };
}

/** The items of several lists, in their order. A spread of each into one list would take ten times as long in a short run. */
export function joined<T>(...lists: readonly (readonly T[])[]): readonly T[] {
  return ([] as readonly T[]).concat(...lists);
}

/** `name = value` where no property says it: `at` is what it follows from. */
export function constant(at: Span, called: string, value: Expr): Attribute {
  return { type: "attribute", span: at, name: name(at, called), operator: "=", value };
}

/** `"lxc.key" = value` */
export function quotedAttribute(at: Span, key: string, value: Expr): Attribute {
  return { type: "attribute", span: at, name: { span: at, text: key, quoted: true }, operator: "=", value };
}

/** A block with a body; `head` is where findings about the whole of it point. */
export function block(kind: string, head: Span, whole: Span, args: readonly Expr[], items: readonly Item[]): Block {
  const all = cover(head, whole);
  return { type: "block", span: all, kind: name(head, kind), args, extends: [], body: { span: all, items } };
}
