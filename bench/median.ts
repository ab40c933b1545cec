import type { Task } from "tinybench";

/** The median time of a measured task in milliseconds. */
export function median(task: Task): number {
  if (task.result.state !== "completed") throw new Error(`${task.name}: ${task.result.state}`);
  return task.result.latency.p50;
}
