import { isUtf8 } from "node:buffer";
import { closeSync, fstatSync, openSync, readFileSync, readdirSync, realpathSync, statSync, constants } from "node:fs";
import { resolve, sep } from "node:path";
import { MAX_FILE_BYTES } from "../text/files.js";
import type { FileRead, Files, ReadFailure } from "../text/files.js";
import { sha256 } from "../text/sha256.js";

/** The files below a folder of this machine; symbolic links that lead out of it are outside. */
export function diskFiles(root: string): Files {
  const realRoot = realOr(root);
  return {
    read: (path, maxBytes) => {
      const full = inside(realRoot, path);
      if (typeof full !== "string") return full;
      return isMissing(full) ? failed("missing") : readText(full, maxBytes);
    },
    list: (folder) => {
      const full = inside(realRoot, folder);
      return typeof full === "string" ? listFolder(full) : undefined;
    },
    canonical: (path) => {
      const full = inside(realRoot, path);
      return typeof full === "string" ? (pathBelow(realRoot, realOr(full)) ?? path) : path;
    },
  };
}

/** Files that exist only in memory, for tests and for callers that compile text. */
export function memoryFiles(texts: Readonly<Record<string, string>>): Files {
  const paths = Object.keys(texts);
  return {
    read: (path) => {
      const text = Object.hasOwn(texts, path) ? texts[path] : undefined;
      if (text !== undefined) return found(text, Buffer.from(text));
      return failed(paths.some((p) => p.startsWith(`${path}/`)) ? "folder" : "missing");
    },
    list: (folder) => {
      const prefix = folder === "" || folder === "." ? "" : `${folder}/`;
      const below = paths.filter((path) => path.startsWith(prefix));
      if (below.length === 0) return undefined;
      return [...new Set(below.map((path) => path.slice(prefix.length).split("/")[0] ?? ""))].toSorted();
    },
  };
}

/** Reads a text file that the user names, wherever it lies. */
export function readText(path: string, maxBytes?: number): FileRead {
  const bytes = readBytes(path, maxBytes);
  if (!Buffer.isBuffer(bytes)) return bytes;
  if (!isUtf8(bytes) || bytes.includes(0)) return failed("binary");
  return found(bytes.toString("utf8"), bytes);
}

/** Reads a regular file of bounded size; never blocks on a pipe or a device. */
export function readBytes(path: string, maxBytes: number = MAX_FILE_BYTES): Buffer | Extract<FileRead, { ok: false }> {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return failed(reasonOf(error));
  }
  try {
    const stat = fstatSync(descriptor);
    if (stat.isDirectory()) return failed("folder");
    if (!stat.isFile()) return failed("unreadable");
    if (stat.size > maxBytes) return failed("too-large");
    return readFileSync(descriptor);
  } catch (error) {
    return failed(reasonOf(error));
  } finally {
    closeSync(descriptor);
  }
}

/** `path` relative to `root` (both absolute and without `..`), with forward slashes; undefined when it is not below it. */
export function pathBelow(root: string, path: string): string | undefined {
  if (path === root) return "";
  const folder = root.endsWith(sep) ? root : root + sep;
  return path.startsWith(folder) ? path.slice(folder.length).split(sep).join("/") : undefined;
}

/** The real path of something that exists; otherwise the path itself, made absolute. */
export function realOr(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return resolve(path);
  }
}

/** Whether nothing is there; mostly told without an exception, which costs more than all else of a look that finds nothing. */
function isMissing(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

/** The absolute path of a project path, if neither its text nor its links lead out of the root. */
function inside(root: string, path: string): string | Extract<FileRead, { ok: false }> {
  if (path.includes("\0")) return failed("missing");
  const full = resolve(root, path);
  if (pathBelow(root, full) === undefined) return failed("outside");
  return !isMissing(full) && pathBelow(root, realOr(full)) === undefined ? failed("outside") : full;
}

function listFolder(path: string): readonly string[] | undefined {
  try {
    return readdirSync(path).toSorted();
  } catch {
    return undefined;
  }
}

/** The digest is computed once, when somebody asks for it. */
function found(text: string, bytes: Buffer): FileRead {
  let digest: string | undefined;
  return {
    ok: true,
    text,
    get sha256() {
      return (digest ??= sha256(bytes));
    },
  };
}

function failed(reason: ReadFailure): Extract<FileRead, { ok: false }> {
  return { ok: false, reason };
}

function reasonOf(error: unknown): ReadFailure {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP" || code === "ENAMETOOLONG") return "missing";
  return code === "EISDIR" ? "folder" : "unreadable";
}
