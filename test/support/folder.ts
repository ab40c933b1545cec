import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Runs a test in a new folder with these files, and removes it. */
export async function inFolder<T>(
  files: Readonly<Record<string, string | Buffer>>,
  body: (folder: string) => Promise<T> | T,
): Promise<T> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "phxc-test-")));
  try {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
