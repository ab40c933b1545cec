import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Writes a file whole or not at all: beside its place, to the disk, then renamed. A symbolic link stays one: what it leads
 * to is replaced. A pipe or a device (`/dev/null`, `/dev/stdout`) is written into, and never replaced. Throws the system's
 * error.
 */
export function writeAtomically(path: string, content: string, mode: number = 0o666): void {
  if (isSpecial(path)) {
    writeFileSync(path, content);
    return;
  }
  const target = linkTarget(path);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}`);
  try {
    const descriptor = openSync(temporary, "wx", mode);
    try {
      writeFileSync(descriptor, content);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Whether something is there that is neither a file nor a folder. */
function isSpecial(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

function linkTarget(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
