import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Writes a file whole or not at all: beside its place, to the disk, then renamed. A symbolic link stays one: what it leads
 * to is replaced. A pipe or a device (`/dev/null`, `/dev/stdout`) is written into, and never replaced. Throws the system's
 * error.
 */
export function writeAtomically(path: string, content: string | Buffer, mode: number = 0o666): void {
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

/** A file to be written. */
export interface NewFile {
  readonly path: string;
  readonly content: string;
  readonly mode: number;
}

/**
 * Writes several files, all of them or none: when one cannot be put in its place, those before it become what they were.
 * Folders are made. Throws the system's error.
 */
export function writeTogether(files: readonly NewFile[]): void {
  const before = files.map(({ path }) => (existsSync(path) ? readFileSync(path) : undefined));
  for (const { path } of files) mkdirSync(dirname(path), { recursive: true });
  let done = 0;
  try {
    for (const { path, content, mode } of files) {
      writeAtomically(path, content, mode);
      done++;
    }
  } catch (error) {
    files.slice(0, done).forEach(({ path, mode }, i) => {
      const content = before[i];
      if (content === undefined) rmSync(path, { force: true });
      else writeAtomically(path, content, mode);
    });
    throw error;
  }
}

function linkTarget(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
