/** Why a file of the project could not be read. */
export type ReadFailure =
  /** Nothing there. */
  | "missing"
  /** A folder where a file was expected. */
  | "folder"
  /** Its real path lies outside the project's root folder. */
  | "outside"
  /** Larger than {@link MAX_FILE_BYTES}. */
  | "too-large"
  /** Not UTF-8, or holds a NUL character. */
  | "binary"
  /** There, but the system refuses to read it. */
  | "unreadable";

/** A file's text (UTF-8, as stored: with its byte order mark and line ends), or why there is none. */
export type FileRead =
  | { readonly ok: true; readonly text: string; readonly sha256: string }
  | { readonly ok: false; readonly reason: ReadFailure };

/** A file that was read as a source: the digest is computed when somebody asks for it. */
export function sourceOf(
  path: string,
  read: Extract<FileRead, { ok: true }>,
): { readonly path: string; readonly sha256: string } {
  return {
    path,
    get sha256() {
      return read.sha256;
    },
  };
}

/**
 * The only way in which phases see files. Paths are relative to the project's root, with forward slashes and without
 * `.` or `..` segments left in them when they are normal; reads never leave the root.
 */
export interface Files {
  /** Reads one file of at most {@link MAX_FILE_BYTES}, unless more are allowed; `sha256` is of its bytes, hexadecimal. */
  readonly read: (path: string, maxBytes?: number) => FileRead;
  /** Names of the entries of a folder in code-unit order; undefined when it is not a folder of the project. */
  readonly list: (folder: string) => readonly string[] | undefined;
  /** The one path of a file that links give several; the same path where there are no links. */
  readonly canonical?: (path: string) => string;
}

/** Larger inputs are mistakes (a log, a disk image); refusing them early keeps the answer to one line. */
export const MAX_FILE_BYTES = 8 * 1024 * 1024;

/** A committed plan is made by the compiler: a large one is no mistake. */
export const MAX_PLAN_BYTES = 256 * 1024 * 1024;

/** What is wrong with a file, for `cannot read PATH: ...`. */
export function describeFailure(reason: ReadFailure): string {
  switch (reason) {
    case "missing":
      return "no such file";
    case "folder":
      return "it is a folder";
    case "outside":
      return "it lies outside the project folder";
    case "too-large":
      return "it is larger than 8 MiB";
    case "binary":
      return "it is not a UTF-8 text file";
    case "unreadable":
      return "there is no permission to read it, or it is not a regular file";
  }
}
