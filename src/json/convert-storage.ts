import { jsonMissingField } from "../diagnostics/catalogue/json-text.js";
import {
  jsonPoolAssumed,
  jsonProperty,
  jsonRaidLevel,
  jsonStorageIdUnused,
  jsonStorageType,
} from "../diagnostics/catalogue/json.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import type { Attribute, Block, Expr } from "../syntax/ast.js";
import type { Span } from "../text/source.js";
import { asList, attribute, block, bool, constant, int, quotedAttribute, size, string, word } from "./build.js";
import { type Context, setting, settings } from "./context.js";
import { itemsOf, member, partsOf, textOf } from "./read.js";
import type { JsonMember, JsonNode } from "./tree.js";

const RAID_LEVELS: readonly string[] = ["single", "mirror", "raidz1", "raidz2", "raidz3"];

/** What the existing system sets on every pool that it makes: of the pool itself, and of its root dataset. */
const POOL_PROPERTIES = [
  ["options", [["autotrim", "on"]]],
  [
    "properties",
    [
      ["compression", "lz4"],
      ["atime", "off"],
    ],
  ],
] as const;

/** A dataset with the storage that is made of it. */
export interface Dataset {
  /** `quickOS/vm-disks`; it is mounted at `/quickOS/vm-disks`, as the existing system creates it. */
  readonly path: string;
  /** The storage's id. */
  readonly storage: string;
  readonly node: JsonNode;
  readonly nameSpan: Span;
}

/** The `pool` blocks. */
export function poolBlocks(context: Context): readonly Block[] {
  return itemsOf(setting(context.files, "zfs", "pools")?.value).flatMap((node) => poolBlock(context, node));
}

function poolBlock(context: Context, node: JsonNode): readonly Block[] {
  const called = member(node, "name");
  const name = textOf(called?.value);
  if (called === undefined || name === undefined) return [];
  const disks = member(node, "disks");
  if (disks === undefined) {
    context.report(diagnose(jsonPoolAssumed, called.value.span, { pool: name }));
    return [];
  }
  const level = member(node, "raid_level");
  const at = called.value.span;
  const items = [
    ...attribute(level, "raid", (value) => raid(context, value)),
    ...attribute(disks, "disks", asList(string)),
    ...POOL_PROPERTIES.map(([kind, properties]) => {
      const inner = properties.map(([property, value]) => constant(at, property, string(at, value)));
      return block(kind, at, at, [], inner);
    }),
  ];
  return [block("pool", called.value.span, node.span, [string(called.value.span, name)], items)];
}

function raid(context: Context, node: JsonNode): Expr | undefined {
  const text = textOf(node);
  const level = text?.toLowerCase() === "raidz" ? "raidz1" : text?.toLowerCase();
  if (level !== undefined && RAID_LEVELS.includes(level)) return word(node.span, level);
  if (text !== undefined) context.report(diagnose(jsonRaidLevel, node.span, { level: text }));
  return undefined;
}

/** All datasets with the ids of their storages, in file order. */
export function findDatasets(context: Context): readonly Dataset[] {
  return itemsOf(setting(context.files, "zfs", "datasets")?.value).flatMap((node) => {
    const called = member(node, "name");
    const name = textOf(called?.value);
    if (called === undefined || name === undefined) return [];
    const pool = textOf(member(node, "pool")?.value) ?? (name.includes("/") ? "" : undefined);
    if (pool === undefined) {
      context.report(
        diagnose(jsonMissingField, called.value.span, { field: "pool", owner: `the dataset \`${name}\`` }),
      );
      return [];
    }
    const path = pool === "" ? name : `${pool}/${name}`;
    return [{ path, storage: storageId(context, path), node, nameSpan: called.value.span }];
  });
}

/** The id from `proxmox_storage_ids`, looked up in this very case as the existing system does, or POOL-NAME. */
function storageId(context: Context, path: string): string {
  return textOf(setting(context.files, "proxmox_storage_ids", idKey(path))?.value) ?? path.replaceAll("/", "-");
}

function idKey(path: string): string {
  return path.replaceAll(/[/-]/g, "_");
}

/** Entries of `proxmox_storage_ids` that no dataset uses have no effect. */
export function checkStorageIds(context: Context, datasets: readonly Dataset[]): void {
  const keys = datasets.map(({ path }) => idKey(path));
  for (const { value } of settings(context.files, "proxmox_storage_ids")) {
    if (value.type !== "object") continue;
    for (const entry of value.members.values()) {
      if (keys.includes(entry.name)) continue;
      const args = { key: entry.name, suggestion: didYouMean(entry.name, keys) };
      context.report(diagnose(jsonStorageIdUnused, entry.nameSpan, args));
    }
  }
}

/** The `dataset` blocks, each with its storage. */
export function datasetBlocks(context: Context, datasets: readonly Dataset[]): readonly Block[] {
  return datasets.map((dataset) => {
    const properties = member(dataset.node, "properties");
    const { own, free } = splitProperties(context, properties);
    const items = [
      ...own,
      ...(properties === undefined || free.length === 0
        ? []
        : [block("properties", properties.nameSpan, properties.span, [], free)]),
      ...storageBlock(context, dataset),
    ];
    return block("dataset", dataset.nameSpan, dataset.node.span, [string(dataset.nameSpan, dataset.path)], items);
  });
}

/** Properties with a name of their own in the language; the others keep ZFS's name. */
const NAMED: readonly string[] = ["recordsize", "compression", "sync", "quota", "atime", "mountpoint"];

function splitProperties(
  context: Context,
  properties: JsonMember | undefined,
): { readonly own: readonly Attribute[]; readonly free: readonly Attribute[] } {
  const all = properties === undefined ? [] : pairs(context, properties);
  return {
    own: all
      .filter(({ name }) => NAMED.includes(name))
      .map(({ name, text, at }) => constant(at, name, propertyValue(at, text))),
    free: all
      .filter(({ name }) => !NAMED.includes(name))
      .map(({ name, text, at }) => quotedAttribute(at, name, propertyValue(at, text))),
  };
}

/** Sizes and numbers are told by their form; the words of ZFS stay words. */
function propertyValue(at: Span, text: string): Expr {
  return size(at, text) ?? (/^\d{1,15}$/.test(text) ? int(at, Number(text)) : string(at, text));
}

interface Pair {
  readonly name: string;
  readonly text: string;
  readonly at: Span;
}

/** `recordsize=128K,quota=800G`, or an object of the same. */
function pairs(context: Context, { value }: JsonMember): readonly Pair[] {
  if (value.type === "object") {
    return [...value.members.values()].flatMap((entry) => {
      const text = textOf(entry.value);
      return text === undefined ? [] : [{ name: entry.name, text, at: entry.value.span }];
    });
  }
  return partsOf(value).flatMap(({ text, node }) => {
    const equals = text.indexOf("=");
    if (equals > 0 && equals < text.length - 1) {
      return [{ name: text.slice(0, equals), text: text.slice(equals + 1), at: node.span }];
    }
    context.report(diagnose(jsonProperty, node.span, { text }));
    return [];
  });
}

function storageBlock(context: Context, dataset: Dataset): readonly Block[] {
  const type = member(dataset.node, "proxmox_storage_type");
  const text = textOf(type?.value);
  if (type === undefined || text === undefined) return [];
  const at = type.value.span;
  if (text !== "zfspool" && text !== "dir") {
    context.report(diagnose(jsonStorageType, at, { type: text }));
    return [];
  }
  const id = setting(context.files, "proxmox_storage_ids", idKey(dataset.path))?.value.span ?? dataset.nameSpan;
  const content = member(dataset.node, "proxmox_content_type");
  const items = [
    constant(id, "id", string(id, dataset.storage)),
    ...attribute(content, "content", asList(string)),
    ...(text === "dir" ? [constant(at, "shared", bool(at, true))] : []),
  ];
  return [block("storage", at, type.span, [word(at, text)], items)];
}
