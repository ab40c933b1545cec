import { compareText } from "../text/order.js";

/**
 * The candidate that a misspelt word most likely means, or undefined when none is close. Deterministic: of equally close
 * ones the first in code-unit order wins. Case and `-`/`_` count as the smallest of differences.
 */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  const all = [...new Set(candidates)];
  const begun = word.length >= MIN_PREFIX ? all.filter((candidate) => isBegun(word, candidate)) : [];
  return begun.length === 1 ? begun[0] : closest(word, all);
}

/** Shorter beginnings mean too many things. */
const MIN_PREFIX = 3;

/** `mem` for `memory`, `zfs` for `zfspool`. */
function isBegun(word: string, candidate: string): boolean {
  return candidate.length > word.length + 1 && plain(candidate).startsWith(plain(word));
}

function closest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = allowance(word) + 1;
  for (const candidate of candidates.toSorted(compareText)) {
    // Of two letters one may be wrong, but none missing: `cp` is no `cpu`.
    if (word.length === 2 && candidate.length !== 2) continue;
    if (candidate === word || Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = plain(candidate) === plain(word) ? 0 : editDistance(plain(word), plain(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** ` (did you mean ...)` for the end of a message; empty when there is no suggestion. */
export function suggestion(word: string | undefined): string {
  return word === undefined ? "" : `; did you mean \`${word}\``;
}

/** How many edits are forgiven: a third of the word, at least one and at most three; in single letters only case. */
function allowance(word: string): number {
  return word.length < 2 ? 0 : Math.min(3, Math.max(1, Math.floor(word.length / 3)));
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll("_", "-");
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const cell = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(isSwap ? Math.min(cell, (beforeLast[j - 2] ?? 0) + 1) : cell);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
