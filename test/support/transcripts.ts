import { readFileSync } from "node:fs";
import { join } from "node:path";
import { shared } from "./paths.js";

/** A command of a transcript with what came of it. */
export interface Entry {
  /** As recorded. */
  readonly line: string;
  readonly argv: readonly string[];
  readonly code: number;
  /** What was printed, without what differs from run to run. */
  readonly output: readonly string[];
  /** Lines of the configuration afterwards: `key: value`. */
  readonly effects: readonly string[];
}

/** Reads a transcript; commands after a line `## TITLE` are under that title. */
export function readTranscript(name: string): ReadonlyMap<string, readonly Entry[]> {
  const sections = new Map<string, Entry[]>();
  let entries: Entry[] = [];
  sections.set("", entries);
  const text = readFileSync(join(shared, "pve/transcripts", name), "utf8");
  for (const chunk of text.split(/^(?=\$ |## )/m)) {
    if (chunk.startsWith("## ")) {
      entries = [];
      sections.set(chunk.slice(3).split("\n")[0] ?? "", entries);
    } else if (chunk.startsWith("$ ")) entries.push(readEntry(chunk.slice(2)), ...unrecorded(chunk));
  }
  return sections;
}

/** Commands whose line was not recorded, only what they printed after the end of the one before. */
function unrecorded(chunk: string): Entry[] {
  const after = chunk.split(/^\[rc=\d+\]$/m)[1] ?? "";
  return [...after.matchAll(/^update VM (\d+): -(\w+) (\S+)$/gm)].map(([line, id = "", option = "", value = ""]) => ({
    line,
    argv: ["qm", "set", id, `--${option}`, value],
    code: 0,
    output: [line],
    effects: [],
  }));
}

function readEntry(chunk: string): Entry {
  const inline = /^(.*?) \[rc=(\d+)\]\n/s.exec(chunk);
  if (inline !== null && !/^\[rc=/m.test(inline[1] ?? "")) {
    return {
      line: inline[1] ?? "",
      argv: words(inline[1] ?? "", false),
      code: Number(inline[2]),
      ...readIndented(chunk.slice(inline[0].length)),
    };
  }
  const end = /^\[rc=(\d+)\]$/m.exec(chunk);
  const body = chunk.slice(0, end?.index ?? chunk.length);
  const [first = "", ...rest] = body.split("\n");
  // A description of two lines continues on the second.
  const command = rest[0]?.startsWith("line2") === true ? `${first}\n${rest.shift() ?? ""}` : first;
  return { line: command, argv: words(command, true), code: Number(end?.[1] ?? 0), output: steady(rest), effects: [] };
}

const option = /^(?:#|(?:[a-z]+\d*|lxc\.[a-z.]+): )/;

/** The indented lines below a command: what it printed, then single lines of the file after `=>`, or the whole file. */
function readIndented(text: string): Pick<Entry, "output" | "effects"> {
  const lines = text.split("\n").flatMap((line) => /^ {4}(.*)$/.exec(line)?.[1] ?? []);
  const single = lines.flatMap((line) => /^=> (.*)$/.exec(line)?.[1] ?? []);
  const plain = lines.filter((line) => !line.startsWith("=> "));
  const start = plain.findIndex((_, i) => plain.length - i > 6 && plain.slice(i).every((line) => option.test(line)));
  const file = start < 0 ? [] : plain.slice(start);
  return { output: steady(start < 0 ? plain : plain.slice(0, start)), effects: [...single, ...file] };
}

/** The arguments of a recorded line: what follows an option up to the next one is its value, blanks included. */
function words(line: string, quoted: boolean): string[] {
  if (/^(?:zfs|zpool|vzdump)/.test(line)) return line.split(" ");
  const parts = line.split(/ (?=--?[a-z])/);
  const [head = "", ...options] = parts;
  const result = head.split(" ");
  let last = "";
  for (const part of options) {
    const isOption = part.startsWith("--");
    if (!isOption) {
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

const noise =
  /^(?:Formatting|Creating filesystem|Filesystem UUID|Superblock|\t|mke2fs|Total |Number of|Literal|Matched|File list|sent |total size|transferred|extracting|Detected|trying to acquire| OK|\+|grep:|waited|NOTE|Total bytes)/;

/** Lines without what differs from run to run. */
export function steady(lines: readonly string[]): string[] {
  return lines
    .map((line) => line.trimEnd())
    .filter((line) => line !== "" && !noise.test(line))
    .map((line) =>
      line
        .replace(/BC:24:11(?::[0-9A-F]{2}){3}/g, "MAC")
        .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UUID")
        .replace(/(ctime|snaptime)[=:] ?\d+/g, "$1")
        .replace(/creation-qemu=[\d.]+/, "creation-qemu")
        .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, "TIME")
        .replace(/\$5\$\S+/g, "HASH"),
    );
}
