import type { KindSpec } from "../../src/plugin-api/index.js";
import type { Model, Resource, Section, Setting, Value } from "../../src/model/resource.js";
import { kindsOf, plugins } from "../../src/plugins/index.js";
import { sourceFile, span } from "../../src/text/source.js";
import type { Span } from "../../src/text/source.js";

/** Models made by hand, for tests of what comes after the checker. */

/** A value in short: text, numbers and booleans stand for themselves. */
export type Short = string | number | boolean | Value | readonly Short[];

export const kinds: ReadonlyMap<string, KindSpec> = kindsOf(plugins);

const GIB = 1024 ** 3;

export const gib = (count: number): Value => ({ type: "size", value: count * GIB });
export const mib = (count: number): Value => ({ type: "size", value: count * 1024 ** 2 });
export const kib = (count: number): Value => ({ type: "size", value: count * 1024 });
export const seconds = (count: number): Value => ({ type: "duration", value: count * 1000 });
export const ref = (address: string, text: string = address): Value => ({ type: "ref", address, text });
export const absent: Value = { type: "absent" };
export const range = (first: Short, last: Short): Value => ({
  type: "list",
  items: [first, last].map(valueOf),
  range: true,
});

/** A block: its keyword, its arguments by name, its settings, its inner blocks. */
export interface Block {
  readonly kind: string;
  readonly args?: Readonly<Record<string, Short>>;
  readonly set?: Readonly<Record<string, Short>>;
  readonly in?: readonly Block[];
}

/** A block in one line. */
export function block(
  kind: string,
  args: Readonly<Record<string, Short>> = {},
  set: Readonly<Record<string, Short>> = {},
  inner: readonly Block[] = [],
): Block {
  return { kind, args, set, in: inner };
}

/** A model of some top-level blocks, with the edges that their kinds know. Every block has a line of its own as its place. */
export function modelOf(blocks: readonly Block[]): Model {
  const text = blocks.map((top, i) => `${top.kind} ${i}`).join("\n");
  const file = sourceFile("fleet.phx", text);
  const resources = new Map<string, Resource>();
  blocks.forEach((top, i) => {
    const start = file.lineStarts[i] ?? 0;
    const resource = resourceOf(top, span(file, start, start + top.kind.length));
    resources.set(resource.address, resource);
  });
  const bare: Model = { resources, sources: [{ path: "fleet.phx", sha256: "0".repeat(64) }], environment: [] };
  const linked = [...resources.values()].map((resource) => {
    const edges = kinds.get(resource.kind)?.edges?.(resource, bare) ?? [];
    const requires = edges.map(({ to, reason }) => ({ to, reason, span: resource.headSpan }));
    return [resource.address, { ...resource, requires }] as const;
  });
  return { ...bare, resources: new Map(linked) };
}

function resourceOf(top: Block, at: Span): Resource {
  const section = sectionOf(top, at);
  const identity = kinds.get(top.kind)?.identity;
  const id = identity?.id === undefined ? undefined : top.args?.[identity.id];
  const given = top.args?.[identity?.name ?? "name"];
  const name = typeof given === "string" ? given : "";
  return {
    ...section,
    address: `${top.kind}.${typeof id === "number" ? id : name}`,
    ...(typeof id === "number" ? { id } : {}),
    name,
    requires: [],
  };
}

function sectionOf(top: Block, at: Span): Section {
  const args = Object.entries(top.args ?? {});
  return {
    kind: top.kind,
    args: new Map(args.map(([name, value]) => [name, valueOf(value)])),
    argSpans: new Map(args.map(([name]) => [name, at])),
    settings: new Map(Object.entries(top.set ?? {}).map(([name, value]) => [name, settingOf(name, value, at)])),
    sections: (top.in ?? []).map((inner) => sectionOf(inner, at)),
    span: at,
    headSpan: at,
  };
}

function settingOf(name: string, value: Short, at: Span): Setting {
  return { name, value: valueOf(value), span: at, nameSpan: at };
}

function valueOf(value: Short): Value {
  if (typeof value === "string") return { type: "string", value };
  if (typeof value === "boolean") return { type: "bool", value };
  if (typeof value === "number") return { type: "number", value };
  return isList(value) ? { type: "list", items: value.map(valueOf) } : value;
}

function isList(value: Value | readonly Short[]): value is readonly Short[] {
  return Array.isArray(value);
}
