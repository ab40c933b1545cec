import { resolve } from "node:path";
import { writeAtomically } from "../host/write.js";
import type { Problem } from "./command.js";
import type { Terminal } from "./terminal.js";

/** Writes a text to a file, whole or not at all; `executable` for scripts. */
export function writeOut(
  out: string,
  text: string,
  terminal: Terminal,
  options: { readonly executable: boolean },
): Problem | undefined {
  try {
    writeAtomically(resolve(terminal.cwd, out), text, options.executable ? 0o777 : 0o666);
    return undefined;
  } catch (error) {
    return { problem: `cannot write ${out}: ${writeFailure(error)}` };
  }
}

/** Why something could not be written, for `cannot write PATH: ...`. */
export function writeFailure(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return "its folder does not exist";
    case "EISDIR":
      return "it is a folder";
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return "the system does not allow writing there";
    case "ENOSPC":
      return "the disk is full";
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
