import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's top folder, wherever the tests were compiled to. */
export const root = findRoot(dirname(fileURLToPath(import.meta.url)));

/** The reference material beside the project; tests that need it skip with a message where it is absent. */
export const shared = join(root, "../shared");

/** Whether the reference material is there. */
export const hasShared = existsSync(join(shared, "pve/options"));

function findRoot(from: string): string {
  return existsSync(join(from, "package.json")) ? from : findRoot(dirname(from));
}
