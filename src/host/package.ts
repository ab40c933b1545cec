import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The text of a file that is shipped with phxc, by its path beside package.json; undefined when it is not there. The
 * program may lie at any depth below (a bundle, a build folder).
 */
export function packageFile(path: string): string | undefined {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) {
      const file = join(folder, path);
      return existsSync(file) ? readFileSync(file, "utf8") : undefined;
    }
    if (folder === dirname(folder)) return undefined;
  }
}
