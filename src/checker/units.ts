/** Sizes and durations as text. Sizes are binary: K and KiB are both 1024 bytes. */

const SIZE_UNITS: readonly (readonly [string, number])[] = [
  ["TiB", 2 ** 40],
  ["GiB", 2 ** 30],
  ["MiB", 2 ** 20],
  ["KiB", 2 ** 10],
];

const DURATION_UNITS: readonly (readonly [string, number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
];

/** The shortest exact form: `8GiB`, `1536MiB`; what is no whole KiB is given in bytes. */
export function formatSize(bytes: number): string {
  const unit = SIZE_UNITS.find(([, factor]) => bytes !== 0 && bytes % factor === 0);
  return unit === undefined ? `${bytes} bytes` : `${bytes / unit[1]}${unit[0]}`;
}

/** The shortest exact form: `90s`, `2m`, `250ms`. */
export function formatDuration(milliseconds: number): string {
  const unit = DURATION_UNITS.find(([, factor]) => milliseconds !== 0 && milliseconds % factor === 0);
  return unit === undefined ? `${milliseconds}ms` : `${milliseconds / unit[1]}${unit[0]}`;
}

/** Bytes of `8GiB`, `1.4T`, `128K`; undefined when the text is no size. Fractions are rounded to whole bytes, as in literals. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGT])(?:iB)?$/.exec(text);
  const unit = SIZE_UNITS.find(([name]) => name.startsWith(match?.[2] ?? "?"));
  return match === null || unit === undefined ? undefined : Math.round(Number(match[1]) * unit[1]);
}

/** Milliseconds of `250ms`, `5s`, `2m`; undefined when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text);
  const unit = DURATION_UNITS.find(([name]) => name === match?.[2]);
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit[1];
}
