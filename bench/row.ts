import type { Task } from "tinybench";

/** One line of the table that `npm run bench` prints. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  /** Something that everybody knows the cost of, measured at the same time. */
  readonly beside?: string;
  /** What the project promises, and whether that is kept. */
  readonly promise?: { readonly text: string; readonly kept: boolean };
}

/** The header of the table, in Markdown. */
export const HEADER = "| measured | figure | beside it | promised | kept |\n| --- | --- | --- | --- | --- |";

/** A line of the table. */
export function line({ what, measured, beside = "", promise }: Row): string {
  const kept = promise === undefined ? "" : promise.kept ? "yes" : "no";
  return `| ${[what, measured, beside, promise?.text ?? "", kept].join(" | ")} |`;
}

/** The median of some figures. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [below = Number.NaN, above = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? above : (below + above) / 2;
}

/** The median time of a measured task in milliseconds. */
export function medianOf(task: Task): number {
  if (task.result.state !== "completed") throw new Error(`${task.name}: ${task.result.state}`);
  return task.result.latency.p50;
}

/** Milliseconds as people read them. */
export function time(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds.toFixed(0)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

/** Bytes in megabytes of a million. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** A number with commas between the thousands, in every locale. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
