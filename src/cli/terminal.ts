import { fstatSync, writeSync } from "node:fs";
import type { Palette } from "../diagnostics/palette.js";
import { plainPalette } from "../diagnostics/palette.js";

const STDOUT = 1;
const STDERR = 2;
/** Between attempts to write to a reader that is not ready, milliseconds. */
const READER_MS = 5;

/** One of the two streams that a command writes to. */
export interface Output {
  readonly write: (text: string | Uint8Array) => void;
  readonly palette: Palette;
}

/** All that commands know of the process that they run in. */
export interface Terminal {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What was asked for; safe to pipe. */
  readonly out: Output;
  /** What is said about it. */
  readonly err: Output;
  /** All of standard input. */
  readonly readInput: () => Promise<Buffer>;
  /** Asks on the terminal; undefined where there is none. An interrupted question is answered with nothing. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Calls the handler for SIGINT, SIGTERM and SIGHUP instead of ending, until the returned function is called. */
  readonly onSignal: (handler: (signal: "INT" | "TERM") => void) => () => void;
}

/** Thrown by {@link Output.write} when the system does not take the text: a full disk, most often. */
export class OutputFailure extends Error {
  /** The stream, as people call it. */
  readonly stream: string;

  constructor(stream: string, cause: unknown) {
    super(`cannot write to ${stream}`, { cause });
    this.stream = stream;
  }
}

/** The terminal of this process. */
export async function processTerminal(): Promise<Terminal> {
  return {
    cwd: process.cwd(),
    env: process.env,
    out: await output(STDOUT),
    err: await output(STDERR),
    readInput,
    // Looking at standard input makes a stream of it, which only a question is worth.
    get ask() {
      return process.stdin.isTTY && process.stderr.isTTY ? ask : undefined;
    },
    onSignal,
  };
}

/**
 * Node's own streams for output cost more to make than a plan's summary to write. Output to a pipe whose reader has left is
 * dropped: `phxc plan | head` is no failure.
 */
async function output(fd: number): Promise<Output> {
  let isOpen = true;
  return {
    write: (text) => {
      isOpen &&= writeAll(fd, text);
    },
    palette: (await hasColour(fd)) ? (await import("../diagnostics/colours.js")).colourPalette : plainPalette,
  };
}

/** Writes all of it, however often the reader is not ready; false when there is no reader any more. */
function writeAll(fd: number, text: string | Uint8Array): boolean {
  let rest: Uint8Array = typeof text === "string" ? Buffer.from(text) : text;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "EPIPE") return false;
      if (code !== "EAGAIN") throw new OutputFailure(fd === STDOUT ? "standard output" : "standard error", error);
      pause();
    }
  }
  return true;
}

/** Until a pipe that another process made non-blocking may have room again. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, READER_MS);
}

/** By the convention of no-color.org: any value that is not empty switches colour off. */
async function hasColour(fd: number): Promise<boolean> {
  if ((process.env["NO_COLOR"] ?? "") !== "" || process.env["TERM"] === "dumb" || !mayBeTerminal(fd)) return false;
  return (await import("node:tty")).isatty(fd);
}

/** Files and pipes are none, nor is /dev/null: on Linux the devices of major number 1 are memory. Node's module is for the others. */
function mayBeTerminal(fd: number): boolean {
  const stat = fstatSync(fd);
  return stat.isCharacterDevice() && stat.rdev >> 8 !== 1;
}

async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function ask(question: string): Promise<string> {
  const { createInterface } = await import("node:readline");
  return new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    lines.once("SIGINT", () => lines.close());
    lines.once("close", () => resolve(""));
    lines.question(question, (answer) => {
      resolve(answer);
      lines.close();
    });
  });
}

function onSignal(handler: (signal: "INT" | "TERM") => void): () => void {
  const interrupted = (): void => handler("INT");
  const ended = (): void => handler("TERM");
  process.on("SIGINT", interrupted);
  process.on("SIGTERM", ended);
  process.on("SIGHUP", ended);
  return () => {
    process.off("SIGINT", interrupted);
    process.off("SIGTERM", ended);
    process.off("SIGHUP", ended);
  };
}
