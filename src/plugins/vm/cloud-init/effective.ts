import {
  argOf,
  boolOf,
  cloneSource,
  listOf,
  sectionOf,
  sectionsOf,
  settingOf,
  stringOf,
  stringsOf,
  textOf,
  valueOf,
} from "../../../plugin-api/index.js";
import type { Model, Resource, Section, Value } from "../../../plugin-api/index.js";
import { USER_DATA_OPTIONS } from "./options.js";

/**
 * What cloud-init is told in a machine. A clone has the drive of its source, and so what Proxmox's options say there; what
 * stands in user data of ours is made for each machine anew, from the blocks of its sources and its own: the nearest wins,
 * attribute by attribute, users and files by name.
 */
export interface CloudInit {
  /** The machine's own block, if it has one. */
  readonly own: Section | undefined;
  /** The blocks, the machine's own first, then that of its source, and so on. */
  readonly chain: readonly Section[];
  /** Whether there is user data of the files' own, or made here; otherwise Proxmox makes it from its options. */
  readonly userData: boolean;
}

/** The blocks that tell a machine's cloud-init something. */
export function cloudInitOf(resource: Resource, model: Model): CloudInit {
  const chain: Section[] = [];
  const seen = new Set<Resource>();
  let current: Resource | undefined = resource;
  while (current !== undefined && !seen.has(current)) {
    seen.add(current);
    const section = sectionOf(current, "cloud_init");
    if (section !== undefined) chain.push(section);
    current = cloneSource(current, model)?.resource;
  }
  return { own: sectionOf(resource, "cloud_init"), chain, userData: chain.some(needsUserData) };
}

/** The storage for snippets where none is named: the one that every Proxmox host has. */
const LOCAL = "local";

/** The storage of a machine's snippets; `undefined` when it has none. */
export function snippetStorage(config: CloudInit): string | undefined {
  const hasOwn = ["vendor_data", "network_config"].some((name) => textIn(config, name) !== undefined);
  return config.userData || hasOwn ? (textIn(config, "snippets") ?? LOCAL) : undefined;
}

/** Whether a block says something that Proxmox has no option for. */
export function needsUserData(section: Section): boolean {
  const names = [...USER_DATA_OPTIONS, "user_data"];
  return names.some((name) => settingOf(section, name) !== undefined) || blocksIn(section).length > 0;
}

/** Its `user` and `file` blocks. */
export function blocksIn(section: Section): readonly Section[] {
  return [...sectionsOf(section, "user"), ...sectionsOf(section, "file")];
}

/** The nearest block that sets an attribute; one that says `absent` ends the search. */
function sayer({ chain }: CloudInit, name: string): Section | undefined {
  return chain.find((section) => settingOf(section, name) !== undefined);
}

/** Reads an attribute of the nearest block that sets it. */
function reader<T>(read: (section: Section, name: string) => T | undefined) {
  return (config: CloudInit, name: string): T | undefined => {
    const section = sayer(config, name);
    return section === undefined ? undefined : read(section, name);
  };
}

export const textIn = reader(stringOf);
export const boolIn = reader(boolOf);
export const valueIn = reader(valueOf);
export const textsIn = reader((section, name) =>
  valueOf(section, name) === undefined ? undefined : stringsOf(section, name),
);

/** The public keys of an attribute, without white space around them; `undefined` when nothing says them. */
export function keysIn(section: Section | undefined): readonly string[] | undefined {
  if (section === undefined || valueOf(section, "ssh_keys") === undefined) return undefined;
  return stringsOf(section, "ssh_keys").map((key) => key.trim());
}

/** The public keys of the first user. */
export function firstKeysIn(config: CloudInit): readonly string[] | undefined {
  return keysIn(sayer(config, "ssh_keys"));
}

/** Commands: lines for a shell, and lists of words. */
export function commandsIn(config: CloudInit, name: string): readonly (string | readonly string[])[] {
  const section = sayer(config, name);
  if (section === undefined) return [];
  return listOf(section, name).map((item: Value) =>
    item.type === "list" ? item.items.map((word) => textOf(word) ?? "") : (textOf(item) ?? ""),
  );
}

/** The blocks of one keyword, each name once, those of the nearest block first in the place where they were first named. */
export function blocksOf({ chain }: CloudInit, kind: string, argument: string): readonly Section[] {
  const found = new Map<string, Section>();
  for (const section of chain.toReversed()) {
    for (const block of sectionsOf(section, kind)) found.set(argOf(block, argument) ?? "", block);
  }
  return [...found.values()];
}
