import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./paths.js";

const used = new Set<string>();

/**
 * Compares text with `test/golden/NAME` byte for byte. `UPDATE_GOLDENS=1` writes it instead.
 * The meta test asks {@link goldensUsed} for files that no test reads any more.
 */
export function golden(name: string, actual: string): void {
  const path = join(root, "test/golden", name);
  used.add(path);
  if (process.env["UPDATE_GOLDENS"] === "1") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
    return;
  }
  const expected = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (expected === actual) return;
  throw new Error(`${name} differs from its golden file; to accept: UPDATE_GOLDENS=1 npm test\n${firstDifference(expected, actual)}`);
}

/** Golden files that this process has compared. */
export function goldensUsed(): ReadonlySet<string> {
  return used;
}

function firstDifference(expected: string, actual: string): string {
  const want = expected.split("\n");
  const have = actual.split("\n");
  const at = want.findIndex((line, i) => line !== have[i]);
  const line = at === -1 ? want.length : at;
  return `line ${line + 1}\n- ${want[line] ?? "(end)"}\n+ ${have[line] ?? "(end)"}`;
}
