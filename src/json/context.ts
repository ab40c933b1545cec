import type { Diagnostic } from "../diagnostics/diagnostic.js";
import type { Span } from "../text/source.js";
import { intOf, isSet, itemsOf, member, objectOf, textOf } from "./read.js";
import type { JsonMember, JsonNode, JsonObject } from "./tree.js";

/** What the conversion looks at: the files of one configuration as if they were one, entry first. */
export interface Context {
  readonly report: (finding: Diagnostic) => void;
  readonly files: readonly JsonObject[];
  /** Manifests of Docker stacks by name. */
  readonly stacks: ReadonlyMap<string, JsonObject>;
  readonly guests: readonly Guest[];
}

/** A guest as it stands in the JSON. */
export interface Guest {
  readonly kind: "ct" | "vm";
  readonly id: number;
  /** Where its id stands: the key of a container, the value of `vmid`. */
  readonly idSpan: Span;
  /** Its name, or its id where it has none (which is reported). */
  readonly name: string;
  readonly nameSpan: Span;
  readonly node: JsonObject;
  /** Everything about it. */
  readonly span: Span;
  /** For messages: `guest 901 (Copy-Cuda12.8)`. */
  readonly label: string;
}

/** The property at a path, from the first file that has it. */
export function setting(files: readonly JsonObject[], ...path: readonly string[]): JsonMember | undefined {
  for (const file of files) {
    let found: JsonMember | undefined;
    let node: JsonNode | undefined = file;
    for (const name of path) {
      found = member(node, name);
      node = found?.value;
    }
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Every property of a name at the top of the files. */
export function settings(files: readonly JsonObject[], name: string): readonly JsonMember[] {
  return files.flatMap((file) => member(file, name) ?? []);
}

/** All guests in file order: containers, then virtual machines. Those without a usable id are left out; that is reported. */
export function findGuests(files: readonly JsonObject[]): readonly Guest[] {
  const containers = settings(files, "lxc_configs").flatMap(({ value }) =>
    value.type === "object" ? [...value.members.values()].flatMap(container) : [],
  );
  const machines = settings(files, "vms").flatMap(({ value }) => itemsOf(value).flatMap(machine));
  return [...containers, ...machines];
}

function container(entry: JsonMember): readonly Guest[] {
  const node = objectOf(entry.value);
  if (node === undefined || !/^\d{1,15}$/.test(entry.name)) return [];
  return [guest("ct", Number(entry.name), entry.nameSpan, node, entry.span)];
}

function machine(node: JsonNode): readonly Guest[] {
  const vmid = member(node, "vmid");
  const id = intOf(vmid?.value);
  if (node.type !== "object" || vmid === undefined || id === undefined) return [];
  return [guest("vm", id, vmid.value.span, node, node.span)];
}

function guest(kind: Guest["kind"], id: number, idSpan: Span, node: JsonObject, span: Span): Guest {
  const own = member(node, "name");
  const name = textOf(own?.value);
  return {
    kind,
    id,
    idSpan,
    name: name ?? String(id),
    nameSpan: own?.value.span ?? idSpan,
    node,
    span,
    label: name === undefined ? `guest ${id}` : `guest ${id} (${name})`,
  };
}

/** The guest that a value names by its id. */
export function guestById(context: Context, value: JsonNode | undefined): Guest | undefined {
  const id = intOf(value);
  return id === undefined ? undefined : context.guests.find((candidate) => candidate.id === id);
}

/** Whether a list or an object holds anything. */
export function isEmpty(node: JsonNode): boolean {
  if (node.type === "array") return node.items.length === 0;
  return node.type === "object" ? node.members.size === 0 : !isSet(node);
}
