import type { Palette } from "../diagnostics/palette.js";
import { colourPalette, plainPalette } from "../diagnostics/palette.js";

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

/** The terminal of this process. */
export function processTerminal(): Terminal {
  return {
    cwd: process.cwd(),
    env: process.env,
    out: output(process.stdout),
    err: output(process.stderr),
    readInput,
    // Looking at standard input makes a stream of it, which only a question is worth.
    get ask() {
      return process.stdin.isTTY && process.stderr.isTTY ? ask : undefined;
    },
    onSignal,
  };
}

/** Output to a pipe whose reader has left is dropped: `phxc plan | head` is no failure. */
function output(stream: NodeJS.WriteStream): Output {
  let open = true;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    open = false;
  });
  return {
    write: (text) => {
      if (open) stream.write(text);
    },
    palette: hasColour(stream) ? colourPalette : plainPalette,
  };
}

/** By the convention of no-color.org: any value that is not empty switches colour off. */
function hasColour(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && (process.env["NO_COLOR"] ?? "") === "" && process.env["TERM"] !== "dumb";
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
