import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../test/support/paths.js";

/** The program that is measured: what users run. */
export const phxc = join(root, "dist/phxc.cjs");

/** The least that any program for Node costs. */
export const BARE: readonly string[] = ["-e", "0"];

/** How long a run of Node takes, from start to end, in milliseconds; throws when it does not end with 0. */
export function elapsed(args: readonly string[], cwd = root, env = process.env): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, env, stdio: ["ignore", "ignore", "pipe"] });
  const milliseconds = performance.now() - start;
  if (status !== 0) throw new Error(`${args.join(" ")} exited with ${status}\n${stderr.toString()}`);
  return milliseconds;
}

/** The most memory that a run of Node ever had, in bytes. A run of its own, so that asking costs the measured ones nothing. */
export function peak(args: readonly string[], cwd = root): number {
  const preload = join(root, "bench/peak.cjs");
  const { status, output } = spawnSync(process.execPath, ["--require", preload, ...args], {
    cwd,
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const kibibytes = Number(output[3]?.toString());
  if (status !== 0 || !(kibibytes > 0)) throw new Error(`${args.join(" ")} exited with ${status}`);
  return kibibytes * 1024;
}

/** Runs `use` with an empty folder, which is removed afterwards. */
export async function inFolder<T>(use: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "phxc-bench-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
