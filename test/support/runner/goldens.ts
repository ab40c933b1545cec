import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** The variable that names the folder in which test processes note the golden files that they compared. */
export const GOLDEN_NOTES = "PHXC_GOLDEN_NOTES";

/** Golden files below `folder` (as relative paths) that no note in `notes` mentions: no test reads them any more. Tests beside them are none. */
export function orphanedGoldens(folder: string, notes: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const used = new Set(readdirSync(notes).flatMap((name) => readFileSync(join(notes, name), "utf8").split("\n")));
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((name) => !used.has(name) && !name.endsWith(".test.ts"))
    .sort((a, b) => (a < b ? -1 : 1));
}
