import { type FieldNode, holding } from "./field.js";
import { HYPERVISOR_FIELDS } from "./fields-hypervisor.js";
import { LXC_FIELDS } from "./fields-lxc.js";
import { STACK_FIELDS } from "./fields-stack.js";
import { VM_FIELDS } from "./fields-vm.js";

/** Files of the configuration: one table, whichever of the files a field stands in. */
export const CONFIG_FIELDS: FieldNode = holding({ names: { ...HYPERVISOR_FIELDS, ...LXC_FIELDS, ...VM_FIELDS } });

/** `stacks/NAME/phoenix.json` */
export const STACK_MANIFEST_FIELDS: FieldNode = holding({ names: STACK_FIELDS });

/** The field of a property of an object at `node`; undefined when no field is called so. */
export function fieldOf(node: FieldNode, name: string): FieldNode | undefined {
  return (
    namedField(node, name) ??
    node.prefixes.find(([prefix]) => name.startsWith(prefix))?.[1] ??
    (node.ids !== undefined && /^[0-9]+$/.test(name) ? node.ids : node.others)
  );
}

function namedField({ names }: FieldNode, name: string): FieldNode | undefined {
  return Object.hasOwn(names, name) ? names[name] : undefined;
}

/**
 * Where the value of such a property stands, as findings call the place: `#` is a guest's id, `*` any other name, a trailing `*`
 * the rest of it (`vllm_*`).
 */
export function pathOf(path: string, node: FieldNode, name: string): string {
  const segment = segmentOf(node, name);
  return path === "" ? segment : `${path}.${segment}`;
}

function segmentOf(node: FieldNode, name: string): string {
  if (namedField(node, name) !== undefined) return name;
  const prefix = node.prefixes.find(([known]) => name.startsWith(known))?.[0];
  if (prefix !== undefined) return `${prefix}*`;
  return node.ids === undefined ? "*" : "#";
}
