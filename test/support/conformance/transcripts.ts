import { readFileSync } from "node:fs";
import { join } from "node:path";
import { shared } from "../paths.js";

/** A command of a transcript with what came of it. */
export interface Entry {
  /** As recorded. */
  readonly line: string;
  readonly argv: readonly string[];
  readonly code: number;
  /** What was printed, both streams as one; undefined where only the exit code of a success was recorded. */
  readonly output: readonly string[] | undefined;
  /** Lines that the configuration held afterwards: `key: value`. */
  readonly effects: readonly string[];
  /** The whole configuration afterwards. */
  readonly file: readonly string[] | undefined;
  /** The option whose line was looked for in the file afterwards: without an effect, there was none. */
  readonly looked?: string;
  /** What stands between the end of the command and the next one: files and lists, printed by commands that were not recorded. */
  readonly after: readonly string[];
}

/** Reads a transcript; commands after a line `## TITLE` are under that title. */
export function readTranscript(name: string): ReadonlyMap<string, readonly Entry[]> {
  const sections = new Map<string, Entry[]>();
  let entries: Entry[] = [];
  sections.set("", entries);
  const text = readFileSync(join(shared, "pve/transcripts", name), "utf8");
  for (const chunk of text.split(/^(?=\$ |## )/m)) {
    if (chunk.startsWith("## ")) {
      const [title = "", ...rest] = chunk.slice(3).split("\n");
      const last = entries.at(-1);
      const file = indented(rest);
      // A section without commands is the file that those before it left behind.
      if (file.length > 0 && last !== undefined) entries[entries.length - 1] = { ...last, file };
      entries = [];
      sections.set(title, entries);
    } else if (chunk.startsWith("$ ")) entries.push(readEntry(chunk.slice(2)), ...unrecorded(chunk));
  }
  return new Map([...sections].map(([title, all]) => [title, withLooks(all)]));
}

/** Up to the last whole file of a section, each change of one option was followed by a look at its line. */
function withLooks(entries: readonly Entry[]): readonly Entry[] {
  const last = entries.findLastIndex(({ file }) => file !== undefined);
  return entries.map((entry, i) => {
    const [, verb, , name = "", value, ...more] = entry.argv;
    const isLook = i <= last && verb === "set" && value !== undefined && more.length === 0 && !unseen.has(name);
    return isLook ? { ...entry, looked: name.slice(2) } : entry;
  });
}

/** Options that stand in the file under another name, or as a comment. */
const unseen = new Set(["--cdrom", "--delete", "--description", "--env"]);

/** Commands whose line was not recorded, only what they printed after the end of the one before. */
function unrecorded(chunk: string): Entry[] {
  const after = chunk.split(/^\[rc=\d+\]$/m)[1] ?? "";
  return [...after.matchAll(/^update VM (\d+): -(\w+) (\S+)$/gm)].map(([line, id = "", option = "", value = ""]) => ({
    line: `qm set ${id} --${option} ${value}`,
    argv: ["qm", "set", id, `--${option}`, value],
    code: 0,
    output: [line],
    effects: [],
    file: undefined,
    after: [],
  }));
}

function readEntry(chunk: string): Entry {
  const inline = /^(.*?) \[rc=(\d+)\]\n/s.exec(chunk);
  if (inline !== null && !/^\[rc=/m.test(inline[1] ?? "")) {
    const [whole, line = "", code = ""] = inline;
    return { line, argv: words(line, false), ...readIndented(chunk.slice(whole.length), Number(code)) };
  }
  const end = /^\[rc=(\d+)\]$/m.exec(chunk);
  const body = chunk.slice(0, end?.index ?? chunk.length);
  const [first = "", ...rest] = body.split("\n");
  // A description of two lines continues on the second.
  const line = rest[0]?.startsWith("line2") === true ? `${first}\n${rest.shift() ?? ""}` : first;
  const after = end === null ? [] : chunk.slice(end.index + end[0].length).split("\n");
  return {
    line,
    argv: words(line, true),
    code: Number(end?.[1] ?? 0),
    output: rest,
    effects: [],
    file: undefined,
    after: after.filter((text) => text !== ""),
  };
}

const option = /^(?:#|(?:[a-z]+\d*|lxc\.[a-z.]+): )/;

function indented(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => /^ {4}(.*)$/.exec(line)?.[1] ?? []);
}

/** The indented lines below a command: what it printed, then single lines of the file after `=>`, or the whole file. */
function readIndented(text: string, code: number): Omit<Entry, "line" | "argv"> {
  const all = text.split("\n");
  const lines = indented(all);
  const effects = lines.flatMap((line) => /^=> (.*)$/.exec(line)?.[1] ?? []);
  const plain = lines.filter((line) => !line.startsWith("=> "));
  const start = plain.findIndex((_, i) => plain.length - i > 6 && plain.slice(i).every((line) => option.test(line)));
  const output = start < 0 ? plain : plain.slice(0, start);
  return {
    code,
    output: code === 0 && output.length === 0 ? undefined : output,
    effects,
    file: start < 0 ? undefined : plain.slice(start),
    after: all.filter((line) => line !== "" && !line.startsWith("    ")),
  };
}

/** The arguments of a recorded line: what follows an option up to the next one is its value, blanks included. */
function words(line: string, quoted: boolean): string[] {
  if (/^(?:zfs|zpool|vzdump)/.test(line)) return line.split(" ");
  const [head = "", ...options] = line.split(/ (?=--?[a-z])/);
  const result = head.split(" ");
  let last = "";
  for (const part of options) {
    if (!part.startsWith("--")) {
      // A value that begins with a hyphen, as in --args -foo bar.
      result[result.length - 1] = last === "" ? part : `${result.at(-1) ?? ""} ${part}`;
      continue;
    }
    const [name = "", ...value] = part.split(" ");
    result.push(name);
    last = "";
    if (value.length === 0) {
      result.push("");
      continue;
    }
    result.push(quoted ? value.join(" ").replace(/^'(.*)'$/, "$1") : value.join(" "));
    last = name;
  }
  return flagsOnly(line, result);
}

/** Options at the end of a line, or before another option, have no argument; a trailing blank is an empty one. */
function flagsOnly(line: string, parts: readonly string[]): string[] {
  return parts.filter(
    (part, i) =>
      part !== "" || !(parts[i - 1] ?? "").startsWith("--") || (i === parts.length - 1 && line.endsWith(" ")),
  );
}
