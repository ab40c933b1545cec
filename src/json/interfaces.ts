import { type Context, setting } from "./context.js";
import { itemsOf, member, type Part, textOf } from "./read.js";
import type { JsonNode } from "./tree.js";

/** The bridge that the installation of Proxmox makes. */
export const FIRST_BRIDGE = "vmbr0";

/** The interfaces of the host; the first one carries its address. */
export function interfaces(context: Context): readonly JsonNode[] {
  const found = setting(context.files, "network", "interfaces")?.value;
  return found?.type === "array" ? itemsOf(found) : found === undefined ? [] : [found];
}

/** The bridge of guests that name none. */
export function defaultBridge(context: Context): Part | undefined {
  const [first] = interfaces(context);
  const found = member(first, "name")?.value;
  const text = textOf(found);
  return text === undefined || found === undefined ? undefined : { text, node: found };
}
