import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { sentSecrets } from "../text/secrets.js";
import { sha256 } from "../text/sha256.js";
import { supervisorArgv } from "./supervisor.js";

/** How one use of the staged script ended. */
export type Outcome =
  | { readonly kind: "exit"; readonly code: number }
  /** The host would not take or keep the script; nothing was run. */
  | { readonly kind: "refused"; readonly reason: string }
  /** The transport ended first, with this code; a script that ran then is interrupted by the supervisor. */
  | { readonly kind: "disconnected"; readonly code: number };

/** A script staged on a host, and the conversation with its supervisor. */
export interface Session {
  /** Resolves when the bytes have arrived whole; `exit 0` then. */
  readonly staged: () => Promise<Outcome>;
  /** Runs the staged bytes, with `--check` or without, and resolves with their exit code. */
  readonly execute: (mode: "check" | "run") => Promise<Outcome>;
  /** Interrupts what runs; before the script is staged it ends the transport. */
  readonly interrupt: (signal: "INT" | "TERM") => void;
  /** Ends the transport at once; the supervisor interrupts what runs when it notices. */
  readonly abandon: () => void;
  /** Ends the conversation; the supervisor removes the staged script. Resolves when the transport has ended. */
  readonly close: () => Promise<void>;
}

export interface SessionOptions {
  readonly script: Buffer;
  /** The folder on the host to stage in. */
  readonly staging: string;
  /** Options for the script, beside `--check`. */
  readonly flags?: readonly string[];
  /** Values of secrets for the script, by where they are. They go through the standard input alone. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Starts the supervisor, here or over ssh. */
  readonly start: (argv: readonly string[]) => ChildProcess;
  /** Takes the script's own standard output. */
  readonly output: (bytes: Buffer) => void;
}

/** Opens a session: starts the supervisor and sends the script. */
export function openSession(options: SessionOptions): Session {
  const mark = randomBytes(16).toString("hex");
  const { script, staging, flags = [] } = options;
  const size = script.length;
  const child = options.start(supervisorArgv(mark, { size, sum: sha256(script) }, staging, flags));
  const answers = answerQueue();
  const ended = watch(child, answers, splitter(mark, options.output, answers.push));
  child.stdin?.on("error", () => undefined);
  child.stdin?.write(script);
  const entries = Object.entries(options.secrets ?? {});
  if (entries.length > 0) child.stdin?.write(secretsMessage(entries));
  let staged = false;
  const next = async (): Promise<Outcome> => {
    const outcome = await answers.next();
    staged ||= outcome.kind === "exit";
    return outcome;
  };
  return {
    staged: next,
    execute: (mode) => {
      child.stdin?.write(`${mode}\n`);
      return next();
    },
    interrupt: (signal) => {
      if (staged) child.stdin?.write(`${signal}\n`);
      else child.kill("SIGTERM");
    },
    abandon: () => void child.kill("SIGTERM"),
    close: () => {
      child.stdin?.end();
      return ended;
    },
  };
}

function secretsMessage(entries: readonly (readonly [string, string])[]): Buffer {
  const bytes = Buffer.from(sentSecrets(entries));
  return Buffer.concat([Buffer.from(`secrets ${bytes.length}\n`), bytes]);
}

interface AnswerQueue {
  readonly push: (outcome: Outcome) => void;
  readonly next: () => Promise<Outcome>;
}

/** Hands answers to waiting calls in order; what arrives early waits. The end of the transport answers all later calls. */
function answerQueue(): AnswerQueue {
  const ready: Outcome[] = [];
  const waiting: ((outcome: Outcome) => void)[] = [];
  let last: Outcome | undefined;
  return {
    push: (outcome) => {
      if (outcome.kind === "disconnected") last = outcome;
      const resolve = waiting.shift();
      if (resolve === undefined) ready.push(outcome);
      else resolve(outcome);
    },
    next: () =>
      new Promise((resolve) => {
        const outcome = ready.shift() ?? last;
        if (outcome === undefined) waiting.push(resolve);
        else resolve(outcome);
      }),
  };
}

/** Milliseconds that output may still take to arrive after the transport has ended. */
const GRACE = 1000;

/**
 * Feeds the splitter and reports the end of the transport; a program that cannot be started ends with code 127. A daemon
 * that the script left behind can hold the output open for ever, so the end does not wait for it.
 */
function watch(child: ChildProcess, answers: AnswerQueue, feed: (bytes: Buffer) => void): Promise<void> {
  child.stdout?.on("data", feed);
  return new Promise((resolve) => {
    const end = (code: number): void => {
      child.stdout?.destroy();
      answers.push({ kind: "disconnected", code });
      resolve();
    };
    child.once("error", () => end(127));
    child.once("exit", (code) => {
      const timer = setTimeout(end, GRACE, code ?? 255);
      child.once("close", () => {
        clearTimeout(timer);
        end(code ?? 255);
      });
    });
  });
}

/** Separates the supervisor's answers from the script's output, at whatever point the stream is cut into pieces. */
export function splitter(
  mark: string,
  output: (bytes: Buffer) => void,
  answer: (outcome: Outcome) => void,
): (bytes: Buffer) => void {
  const opening = Buffer.from(`\u001e${mark} `);
  let held = Buffer.alloc(0);
  const pass = (length: number): void => {
    if (length > 0) output(held.subarray(0, length));
    held = held.subarray(length);
  };
  return (bytes) => {
    held = Buffer.concat([held, bytes]);
    for (;;) {
      pass(answerStart(held, opening));
      const end = held.indexOf(10);
      if (held.length < opening.length || end === -1) return;
      answer(parseAnswer(held.subarray(opening.length, end).toString("utf8")));
      held = held.subarray(end + 1);
    }
  };
}

/** Where an answer begins, or may begin when more bytes arrive; the length when there is none. */
function answerStart(bytes: Buffer, opening: Buffer): number {
  const whole = bytes.indexOf(opening);
  if (whole !== -1) return whole;
  for (let length = Math.min(opening.length - 1, bytes.length); length > 0; length--) {
    if (bytes.subarray(bytes.length - length).equals(opening.subarray(0, length))) return bytes.length - length;
  }
  return bytes.length;
}

function parseAnswer(line: string): Outcome {
  const [word = "", ...rest] = line.split(" ");
  if (word === "staged") return { kind: "exit", code: 0 };
  if (word === "check" || word === "run") return { kind: "exit", code: Number(rest[0]) };
  const reason = word === "lost" ? "the staged script is gone or was changed" : rest.join(" ");
  return { kind: "refused", reason };
}
