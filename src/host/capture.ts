import type { ChildProcess } from "node:child_process";
import type { CapturedHost } from "../model/captured.js";
import { HOST_FORMAT, HOST_FORMAT_VERSION } from "../model/captured.js";
import { captureScript } from "./capture-script.generated.js";
import { hostOf, readRecords } from "./capture-records.js";

export interface CaptureOptions {
  /** Starts a command on the host, here or over ssh. */
  readonly start: (argv: readonly string[]) => ChildProcess;
  /** Further absolute paths to look at. */
  readonly paths: readonly string[];
  readonly timeoutMs: number;
}

/** A captured host, or why there is none, as a sentence without its end. */
export type Capture = { readonly host: CapturedHost } | { readonly failure: string };

/** More than any host has to say; an endless answer is cut off here. */
const MOST_BYTES = 256 * 1024 * 1024;

/** Reads a host: runs `templates/bash/capture.bash` there, which changes nothing, in one connection. */
export async function captureHost({ start, paths, timeoutMs }: CaptureOptions): Promise<Capture> {
  const child = start(["bash", "-s", "--", ...paths]);
  const { output, ended } = await answerOf(child, timeoutMs);
  if (ended === "late") return { failure: `the host did not answer within ${timeoutMs / 1000} seconds` };
  if (ended === "long") return { failure: "the host's answer does not end" };
  const records = readRecords(output);
  if (records === undefined) {
    const reason =
      ended === 255 ? "the connection failed or was lost" : `the host's answer ended early (code ${ended})`;
    return { failure: reason };
  }
  const problem = records.find(({ kind }) => kind === "problem");
  if (problem !== undefined) return { failure: problem.text };
  const host = hostOf(records);
  return host.version === "" ? { failure: "the host does not say its release (pveversion)" } : { host };
}

/** What the script printed, and its exit code; `late` and `long` where it was cut off. */
function answerOf(
  child: ChildProcess,
  timeoutMs: number,
): Promise<{ readonly output: Buffer; readonly ended: number | "late" | "long" }> {
  const parts: Buffer[] = [];
  let size = 0;
  return new Promise((resolve) => {
    const end = (ended: number | "late" | "long"): void => {
      clearTimeout(timer);
      if (typeof ended === "string") {
        child.stdout?.destroy();
        stop(child);
      }
      resolve({ output: Buffer.concat(parts), ended });
    };
    const timer = setTimeout(end, timeoutMs, "late");
    child.stdout?.on("data", (bytes: Buffer) => {
      parts.push(bytes);
      size += bytes.length;
      if (size > MOST_BYTES) end("long");
    });
    child.once("error", () => end(127));
    child.once("close", (code) => end(code ?? 255));
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(captureScript);
  });
}

/** Ends the transport; the script here is the leader of a group, with the command that it waits for. */
function stop(child: ChildProcess): void {
  try {
    process.kill(-(child.pid ?? 0), "SIGTERM");
  } catch {
    child.kill("SIGTERM");
  }
}

/** A captured host as the text of a state file: the same host gives the same text. */
export function captureText(host: CapturedHost, compiler: string): string {
  return `${JSON.stringify({ format: HOST_FORMAT, formatVersion: HOST_FORMAT_VERSION, compiler, ...host }, null, 2)}\n`;
}
