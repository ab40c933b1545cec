import type { Field, FieldTable } from "./field.js";
import { HYPERVISOR_FIELDS } from "./fields-hypervisor.js";
import { LXC_FIELDS } from "./fields-lxc.js";
import { STACK_FIELDS } from "./fields-stack.js";
import { VM_FIELDS } from "./fields-vm.js";

/** A node of the table as a tree: what may stand at one place. */
export interface FieldNode {
  /** As in the table. */
  readonly path: string;
  readonly field?: Field;
  /** Fields by name. */
  readonly names: ReadonlyMap<string, FieldNode>;
  /** Fields by the beginning of their name. */
  readonly prefixes: readonly (readonly [string, FieldNode])[];
  /** The value of every key, where the keys are free (`#`: guest ids). */
  readonly keys?: { readonly ids: boolean; readonly node: FieldNode };
  readonly items?: FieldNode;
}

/** Files of the configuration: one table, whichever of the files a field stands in. */
export const CONFIG_FIELDS: FieldNode = tree({ ...HYPERVISOR_FIELDS, ...LXC_FIELDS, ...VM_FIELDS });

/** `stacks/NAME/phoenix.json` */
export const STACK_MANIFEST_FIELDS: FieldNode = tree(STACK_FIELDS);

/** The node of a property of an object at `node`; undefined when no field is called so. */
export function fieldOf(node: FieldNode, name: string): FieldNode | undefined {
  return (
    node.names.get(name) ??
    node.prefixes.find(([prefix]) => name.startsWith(prefix))?.[1] ??
    (node.keys === undefined || (node.keys.ids && !/^[0-9]+$/.test(name)) ? undefined : node.keys.node)
  );
}

/** Whether nothing is declared below: then the row covers all that stands inside. */
export function isLeaf(node: FieldNode): boolean {
  return node.names.size === 0 && node.prefixes.length === 0 && node.keys === undefined && node.items === undefined;
}

interface Draft {
  path: string;
  field?: Field;
  names: Map<string, Draft>;
  prefixes: [string, Draft][];
  keys?: { ids: boolean; node: Draft };
  items?: Draft;
}

function draft(path: string): Draft {
  return { path, names: new Map(), prefixes: [] };
}

function tree(table: FieldTable): FieldNode {
  const root = draft("");
  for (const [path, field] of Object.entries(table)) {
    let node = root;
    for (const segment of segments(path)) node = child(node, segment);
    node.field = field;
  }
  return root;
}

/** `vms[].firewall` -> `vms`, `[]`, `firewall` */
function segments(path: string): readonly string[] {
  return path.replaceAll("[]", ".[]").split(".");
}

function child(node: Draft, segment: string): Draft {
  const path = segment === "[]" ? `${node.path}[]` : node.path === "" ? segment : `${node.path}.${segment}`;
  if (segment === "[]") return (node.items ??= draft(path));
  if (segment === "*" || segment === "#") return (node.keys ??= { ids: segment === "#", node: draft(path) }).node;
  if (segment.endsWith("*")) return prefixed(node, segment.slice(0, -1), path);
  const existing = node.names.get(segment);
  if (existing !== undefined) return existing;
  const made = draft(path);
  node.names.set(segment, made);
  return made;
}

function prefixed(node: Draft, prefix: string, path: string): Draft {
  const existing = node.prefixes.find(([known]) => known === prefix);
  if (existing !== undefined) return existing[1];
  const made = draft(path);
  node.prefixes.push([prefix, made]);
  return made;
}
