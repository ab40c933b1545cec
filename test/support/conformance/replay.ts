import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { SimulatedHost } from "../../../src/rehearsal/index.js";
import { must, withHost } from "../sim.js";
import { masked } from "./masks.js";
import { recordedHost, type Replay, type Shown } from "./replays.js";
import { type Entry, readTranscript } from "./transcripts.js";

/** What came of a recorded command on the simulated host. */
export interface Verdict {
  readonly file: string;
  readonly entry: Entry;
  /** What differs; empty when they agree. */
  readonly problems: readonly string[];
}

/** Replays a transcript from its first command to its last, on one host; `alter` tells how to misremember a command. */
export async function replayTranscript(
  replay: Replay,
  alter: (entry: Entry) => Entry = (entry) => entry,
): Promise<readonly Verdict[]> {
  const state = recordedHost();
  replay.prepare?.(state);
  const verdicts: Verdict[] = [];
  await withHost(
    state,
    async (host) => {
      const implied = new Map(Object.entries(replay.implied));
      const imply = async (line: string): Promise<void> => {
        for (const command of implied.get(line) ?? []) await must(host, command);
        implied.delete(line);
      };
      await imply("");
      const digests = new Map<string, string>();
      for (const recorded of [...readTranscript(replay.file).values()].flat()) {
        const entry = alter(recorded);
        const release = entry.line === replay.locked ? await holdLock(host, guestFile(entry).id) : undefined;
        const problems = await compare(host, entry, digests, replay.shown?.[entry.line]);
        await release?.();
        verdicts.push({ file: replay.file, entry, problems });
        await imply(entry.line);
      }
      if (implied.size > 0) throw new Error(`${replay.file} has no command ${[...implied.keys()].join(", ")}`);
    },
    { lockTimeoutMs: 300 },
  );
  return verdicts;
}

async function compare(
  host: SimulatedHost,
  entry: Entry,
  digests: Map<string, string>,
  shown: Shown | undefined,
): Promise<readonly string[]> {
  const result = await host.execute(withDigest(host, entry, digests));
  const problems = result.code === entry.code ? [] : [`code ${result.code}, recorded ${entry.code}`];
  if (entry.output !== undefined)
    problems.push(...differences(masked(entry.output), masked(`${result.stdout}${result.stderr}`.split("\n"))));
  const config = readLines(host, guestFile(entry).path);
  const lines = masked(config);
  problems.push(
    ...masked(entry.effects)
      .filter((line) => !lines.includes(line))
      .map((line) => `not in the file: ${line}`),
  );
  if (entry.looked !== undefined && entry.effects.length === 0)
    problems.push(
      ...config.filter((line) => line.startsWith(`${entry.looked}: `)).map((line) => `in the file: ${line}`),
    );
  if (entry.file !== undefined) problems.push(...ordered(entry.file, config));
  if (shown !== undefined) problems.push(...ordered(entry.after, await shownLines(host, shown)));
  return problems;
}

async function shownLines(host: SimulatedHost, shown: Shown): Promise<readonly string[]> {
  if ("file" in shown) return readLines(host, shown.file);
  return (await host.execute(shown.command)).stdout.split("\n");
}

/** Lines of two outputs, in any order: two streams were recorded as one. */
function differences(recorded: readonly string[], simulated: readonly string[]): string[] {
  const surplus = [...simulated];
  const missing = recorded.filter((line) => {
    const at = surplus.indexOf(line);
    if (at >= 0) surplus.splice(at, 1);
    return at < 0;
  });
  return [...missing.map((line) => `missing: ${line}`), ...surplus.map((line) => `surplus: ${line}`)];
}

/** Lines of two files, in order. */
function ordered(recorded: readonly string[], simulated: readonly string[]): string[] {
  const [want, have] = [masked(recorded), masked(simulated)];
  const at = want.findIndex((line, i) => line !== have[i]);
  if (at < 0 && want.length === have.length) return [];
  const i = at < 0 ? want.length : at;
  return [`line ${i + 1} of the file: ${have[i] ?? "(end)"}, recorded ${want[i] ?? "(end)"}`];
}

/** A recorded digest stands for the file as it was when the digest was first given. */
function withDigest(host: SimulatedHost, entry: Entry, digests: Map<string, string>): readonly string[] {
  return entry.argv.map((word, i) => {
    if (entry.argv[i - 1] !== "--digest" || word.length !== 40) return word;
    const known =
      digests.get(word) ??
      createHash("sha1")
        .update(readText(host, guestFile(entry).path))
        .digest("hex");
    digests.set(word, known);
    return known;
  });
}

function guestFile({ argv }: Entry): { readonly id: string; readonly path: string } {
  const id = argv.find((word) => /^\d{3}$/.test(word)) ?? "";
  return { id, path: `/etc/pve/${argv[0] === "qm" ? "qemu-server" : "lxc"}/${id}.conf` };
}

function readText(host: SimulatedHost, path: string): string {
  const at = join(host.root, path);
  return existsSync(at) ? readFileSync(at, "utf8") : "";
}

function readLines(host: SimulatedHost, path: string): readonly string[] {
  return readText(host, path).split("\n");
}

/** Holds Proxmox's lock file of a VM in another process, until the returned function is called. */
async function holdLock(host: SimulatedHost, id: string): Promise<() => Promise<void>> {
  const path = join(host.root, `run/lock/qemu-server/lock-${id}.conf`);
  mkdirSync(dirname(path), { recursive: true });
  const holder = spawn("flock", [path, "sh", "-c", "echo held; exec cat"], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => holder.once("close", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    holder.once("error", reject);
    holder.stdout.once("data", () => resolve());
  });
  return () => {
    holder.stdin.end();
    return ended;
  };
}
