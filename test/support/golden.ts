import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./paths.js";
import { GOLDEN_NOTES } from "./runner/goldens.js";

/**
 * Compares text with `test/golden/NAME` byte for byte. `UPDATE_GOLDENS=1` writes it instead. The name is noted for the
 * runner, which fails golden files that no test compares any more.
 */
export function golden(name: string, actual: string): void {
  const path = join(root, "test/golden", name);
  noteUse(name);
  if (process.env["UPDATE_GOLDENS"] === "1") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
    return;
  }
  const expected = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (expected === actual) return;
  throw new Error(
    `${name} differs from its golden file; to accept: npm run goldens\n${firstDifference(expected, actual)}`,
  );
}

function noteUse(name: string): void {
  const notes = process.env[GOLDEN_NOTES];
  if (notes !== undefined) appendFileSync(join(notes, String(process.pid)), `${name}\n`);
}

function firstDifference(expected: string, actual: string): string {
  const want = expected.split("\n");
  const have = actual.split("\n");
  const at = want.findIndex((line, i) => line !== have[i]);
  const line = at === -1 ? want.length : at;
  return `line ${line + 1}\n- ${want[line] ?? "(end)"}\n+ ${have[line] ?? "(end)"}`;
}
