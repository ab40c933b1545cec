import { lockConflict, lockRepeated, lockUnreadable } from "../../diagnostics/catalogue/planner-lock.js";
import { diagnose } from "../../diagnostics/diagnostic.js";
import type { Diagnostic, Result } from "../../diagnostics/diagnostic.js";
import type { DrawSort } from "../../model/drawn.js";
import { compareText } from "../../text/order.js";
import { span } from "../../text/source.js";
import type { SourceFile, Span } from "../../text/source.js";
import { numberOfValue } from "./values.js";

/** A line of the lock file. */
export interface Entry {
  readonly sort: DrawSort;
  /** The network of an address; empty for what is unique everywhere. */
  readonly scope: string;
  readonly value: string;
  /** Whose it is: `vm.8001.net.lan.ip`, `ct.web.id`. */
  readonly key: string;
  /** Nobody asks for it any more; it is kept for the one who did. */
  readonly released: boolean;
  /** Its line; undefined for what was drawn just now. */
  readonly at?: Span;
}

const FORMAT = "phxc-lock";
const VERSION = 1;
const SORTS: readonly DrawSort[] = ["id", "ip", "mac"];

/** What a lock file says. */
export interface Lock {
  /** The file beside it whose guests it is about, as JSON writes its name; undefined where it does not say. */
  readonly entry?: string;
  readonly entries: readonly Entry[];
  /** Where the name stands. */
  readonly at: Span;
}

/**
 * Reads a lock file. It is JSON, and read line by line, because what goes wrong with it are merges: each finding is about
 * a line, and a comma too many or too few is none.
 */
export function readLock(file: SourceFile): Result<Lock> {
  const diagnostics: Diagnostic[] = [];
  const entries: Entry[] = [];
  let owner: { readonly entry?: string; readonly at: Span } = { at: span(file, 0) };
  let isLock = false;
  for (const { text, at } of linesOf(file)) {
    const { path } = file;
    if (/^(<{7}|={7}|>{7}|\|{7})/.test(text)) {
      return { value: { entries, ...owner }, diagnostics: [diagnose(lockConflict, at, { path })] };
    }
    const unreadable = (problem: string): void =>
      void diagnostics.push(diagnose(lockUnreadable, at, { path, problem }));
    const [, name, rest = ""] = /^\s*"([^"\\]*)"\s*:\s*(.*?)\s*,?\s*$/.exec(text) ?? [];
    if (name === undefined) {
      if (!/^\s*[{}]?\s*$/.test(text)) unreadable("this line is none that phxc writes");
    } else if (name === "format") {
      isLock = rest === `"${FORMAT}"`;
    } else if (name === "entry") {
      const entry = /^"(.+)"$/.exec(rest)?.[1];
      if (entry === undefined) unreadable("this line is none that phxc writes");
      else owner = { entry, at };
    } else if (name === "version") {
      if (rest !== String(VERSION)) unreadable(`its version is ${rest}, and this release reads ${VERSION}`);
    } else {
      const entry = entryOf(name, rest, at);
      if (entry === undefined) unreadable("this line is none that phxc writes");
      else entries.push(entry);
    }
  }
  if (!isLock && diagnostics.length === 0) {
    const problem = `it does not say \`"format": "${FORMAT}"\``;
    diagnostics.push(diagnose(lockUnreadable, span(file, 0), { path: file.path, problem }));
  }
  return { value: { entries, ...owner }, diagnostics: [...diagnostics, ...repeated(entries)] };
}

function linesOf(file: SourceFile): readonly { readonly text: string; readonly at: Span }[] {
  let start = 0;
  return file.text.split("\n").map((text) => {
    const indent = text.length - text.trimStart().length;
    const at = span(file, start + indent, start + Math.max(text.trimEnd().length, indent));
    start += text.length + 1;
    return { text, at };
  });
}

/** `"ip lan 10.0.0.150": "vm.8001.net.lan.ip"` */
function entryOf(name: string, rest: string, at: Span): Entry | undefined {
  const [, word, scope = "", value = ""] = /^(\w+) (?:(\S+) )?(\S+)$/.exec(name) ?? [];
  const sort = SORTS.find((known) => known === word);
  const [, released, key] = /^"(released )?([a-z_]+\.[^\s"\\]+)"$/.exec(rest) ?? [];
  if (sort === undefined || key === undefined || numberOfValue(sort, value) === undefined) return undefined;
  return { sort, scope, value, key, released: released !== undefined, at };
}

/** One value for two guests, or one guest with two values: what a merge leaves behind. */
function repeated(entries: readonly Entry[]): readonly Diagnostic[] {
  const first = new Map<string, Entry>();
  return entries.flatMap((entry) => {
    const { sort, scope, value, key, at } = entry;
    const nouns: readonly (readonly [string, string])[] = [
      [nameOf(entry), `who has ${nameOf(entry)}`],
      [`${sort} of ${key}`, `what ${key} has`],
    ];
    return nouns.flatMap(([noun, what]) => {
      const before = first.get(noun);
      first.set(noun, before ?? entry);
      const isSame = before?.value === value && before.scope === scope && before.key === key;
      // A line that stands there twice is one mistake, not two.
      if (before?.at === undefined || at === undefined || (isSame && noun !== nameOf(entry))) return [];
      return [diagnose(lockRepeated, at, { what }, { related: [{ span: before.at, message: "first here" }] })];
    });
  });
}

function nameOf({ sort, scope, value }: Entry): string {
  return [sort, scope, value].filter((part) => part !== "").join(" ");
}

/**
 * The text of the lock file of an entry: one line for each value, in the order of the values, so that two people who draw the same one
 * change the same line. The last line is the same in all lock files, so that every entry ends with a comma.
 */
export function lockText({ entry, entries }: Pick<Lock, "entry" | "entries">): string {
  const lines = entries.toSorted(compareEntries).map((entry) => {
    const { key, released } = entry;
    return `  ${JSON.stringify(nameOf(entry))}: ${JSON.stringify(`${released ? "released " : ""}${key}`)},\n`;
  });
  const owner = entry === undefined ? "" : `  "entry": "${entry}",\n`;
  return `{\n  "format": "${FORMAT}",\n${owner}${lines.join("")}  "version": ${VERSION}\n}\n`;
}

function compareEntries(a: Entry, b: Entry): number {
  if (a.sort !== b.sort) return SORTS.indexOf(a.sort) - SORTS.indexOf(b.sort);
  if (a.scope !== b.scope) return compareText(a.scope, b.scope);
  const isSix = ({ value }: Entry): boolean => a.sort === "ip" && value.includes(":");
  if (isSix(a) !== isSix(b)) return isSix(a) ? 1 : -1;
  const [x, y] = [numberOfValue(a.sort, a.value) ?? 0n, numberOfValue(b.sort, b.value) ?? 0n];
  return x < y ? -1 : x > y ? 1 : 0;
}
