import { storageTypes } from "../../pve/storage.js";
import { compareText } from "../../text/order.js";

/** A storage as storage.cfg defines it. */
export interface Storage {
  readonly type: string;
  readonly id: string;
  readonly options: Map<string, string>;
}

/** Reads storage.cfg. */
export function parseStorageConfig(text: string): Storage[] {
  const storages: Storage[] = [];
  for (const line of text.split("\n")) {
    const head = /^(\w+):\s*(\S+)\s*$/.exec(line);
    if (head !== null) storages.push({ type: head[1] ?? "", id: head[2] ?? "", options: new Map() });
    const option = /^\s+([a-z][a-z0-9_-]*)(?:\s+(.*?))?\s*$/.exec(line);
    if (option !== null) storages.at(-1)?.options.set(option[1] ?? "", option[2] ?? "1");
  }
  return storages;
}

/** storage.cfg as Proxmox writes it: sections in order; in each the options that are needed, then the others, sorted. */
export function printStorageConfig(storages: readonly Storage[]): string {
  return storages.map((storage) => `${storage.type}: ${storage.id}\n${printOptions(storage)}\n`).join("");
}

function printOptions(storage: Storage): string {
  const fixed = storageTypes[storage.type]?.fixed ?? [];
  const rank = (name: string): number => (fixed.includes(name) ? 0 : 1);
  const names = [...storage.options.keys()].sort((a, b) => rank(a) - rank(b) || compareText(a, b));
  return names.map((name) => `\t${name} ${storage.options.get(name) ?? ""}\n`).join("");
}

/** What may be kept on a storage. */
export function contentOf(storage: Storage): ReadonlySet<string> {
  const content = storage.options.get("content");
  return new Set(content === undefined ? (storageTypes[storage.type]?.defaultContent ?? []) : content.split(/[,;\s]+/));
}

/** Whether volumes are files below `images/ID/`. */
export function keepsFiles(storage: Storage): boolean {
  return storage.options.has("path") || ["nfs", "cifs"].includes(storage.type);
}

/** The directory of a file storage. */
export function storagePath(storage: Storage): string {
  return storage.options.get("path") ?? `/mnt/pve/${storage.id}`;
}
