/** Orders by code units: the same on every machine and in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Orders pairs by their first part, as {@link compareText} does: entries of objects and maps by their keys. */
export function compareKeys(a: readonly [string, ...unknown[]], b: readonly [string, ...unknown[]]): number {
  return compareText(a[0], b[0]);
}
