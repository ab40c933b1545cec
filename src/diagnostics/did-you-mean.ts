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
  const wanted = plain(word);
  let best: string | undefined;
  let most = allowance(word);
  for (const candidate of candidates) {
    // Of two letters one may be wrong, but none missing: `cp` is no `cpu`.
    if (word.length === 2 && candidate.length !== 2) continue;
    if (candidate === word || Math.abs(candidate.length - word.length) > most) continue;
    const distance = editDistance(wanted, plain(candidate), most);
    const isBetter = distance < most || (distance === most && (best === undefined || candidate < best));
    if (!isBetter) continue;
    best = candidate;
    most = distance;
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

/**
 * Insertions, deletions, replacements and swaps of neighbours (optimal string alignment); something above `most` when there
 * are more than that. Only the cells that `most` edits can reach are looked at.
 */
function editDistance(a: string, b: string, most: number): number {
  if (a === b) return 0;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row: number[] = [];
    row[Math.max(0, i - most - 1)] = i <= most + 1 ? i : Infinity;
    let least = Infinity;
    for (let j = Math.max(1, i - most); j <= Math.min(b.length, i + most); j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const cell = Math.min((last[j] ?? Infinity) + 1, (row[j - 1] ?? Infinity) + 1, (last[j - 1] ?? Infinity) + same);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = isSwap ? Math.min(cell, (beforeLast[j - 2] ?? Infinity) + 1) : cell;
      least = Math.min(least, row[j] ?? Infinity);
    }
    if (least > most) return Infinity;
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? Infinity;
}
