import { visible } from "./visible.js";

/** Lines around what differs. */
const CONTEXT = 3;

/** As many pairs of lines as are compared with each other; what is larger is shown as taken out and put in as a whole. */
const MAX_PAIRS = 4_000_000;

type Edit = readonly [" " | "-" | "+", string];

/**
 * How a text changes, as the lines of a unified diff from its first `@@` on, as `diff -U3` prints them; none when it does not.
 * Undefined stands for a file that is not there.
 */
export function unifiedDiff(before: string | undefined, after: string | undefined): readonly string[] {
  const edits = editsOf(linesOf(before), linesOf(after));
  return hunksOf(edits).flatMap(([from, to]) => hunk(edits, from, to));
}

/** A unified diff to be shown, behind its two lines of names (`/dev/null` where there is no file); hidden characters are spelt out. */
export function diffLines(change: {
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}): readonly string[] {
  const { name, before, after } = change;
  const file = (text: string | undefined): string => (text === undefined ? "/dev/null" : name);
  const lines = [`--- ${file(before)}`, `+++ ${file(after)}`, ...unifiedDiff(before, after)];
  return lines.map((line) => line.split("\t").map(visible).join("\t"));
}

/** A last line without an end carries the mark that says so: it differs from the same line with one. */
function linesOf(text: string | undefined): readonly string[] {
  if (text === undefined || text === "") return [];
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  return last === "" ? lines : [...lines, `${last}\n\\ No newline at end of file`];
}

function editsOf(before: readonly string[], after: readonly string[]): readonly Edit[] {
  let first = 0;
  while (first < before.length && first < after.length && before[first] === after[first]) first += 1;
  let last = 0;
  const shorter = Math.min(before.length, after.length) - first;
  while (last < shorter && before.at(-1 - last) === after.at(-1 - last)) last += 1;
  const same = (line: string): Edit => [" ", line];
  return [
    ...before.slice(0, first).map(same),
    ...between(before.slice(first, before.length - last), after.slice(first, after.length - last)),
    ...before.slice(before.length - last).map(same),
  ];
}

/** The fewest lines taken out and put in: the longest common subsequence stays. */
function between(before: readonly string[], after: readonly string[]): readonly Edit[] {
  const out = (line: string): Edit => ["-", line];
  const put = (line: string): Edit => ["+", line];
  if (before.length * after.length > MAX_PAIRS) return [...before.map(out), ...after.map(put)];
  const width = after.length + 1;
  // The length of what the rest from line i of the one and line j of the other have in common.
  const common = new Uint32Array((before.length + 1) * width);
  const at = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      common[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, fresh] = [before[i], after[j]];
    if (old !== undefined && old === fresh) {
      edits.push([" ", old]);
      i += 1;
      j += 1;
    } else if (old !== undefined && (fresh === undefined || at(i + 1, j) >= at(i, j + 1))) {
      edits.push(out(old));
      i += 1;
    } else if (fresh !== undefined) {
      edits.push(put(fresh));
      j += 1;
    }
  }
  return edits;
}

/** Ranges of edits, each with what differs and the lines around it; what is nearer than these is one. */
function hunksOf(edits: readonly Edit[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const [i, [sign]] of edits.entries()) {
    if (sign === " ") continue;
    const last = found.at(-1);
    const to = Math.min(edits.length, i + CONTEXT + 1);
    if (last !== undefined && i - CONTEXT <= last[1]) last[1] = to;
    else found.push([Math.max(0, i - CONTEXT), to]);
  }
  return found;
}

function hunk(edits: readonly Edit[], from: number, to: number): readonly string[] {
  const lines = edits.slice(from, to);
  const range = (sign: "-" | "+"): string => {
    const count = (part: readonly Edit[]): number => part.filter(([own]) => own === " " || own === sign).length;
    const [before, length] = [count(edits.slice(0, from)), count(lines)];
    return `${sign}${length === 0 ? before : before + 1}${length === 1 ? "" : `,${length}`}`;
  };
  return [`@@ ${range("-")} ${range("+")} @@`, ...lines.flatMap(([sign, line]) => `${sign}${line}`.split("\n"))];
}
