import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fleetText } from "./fleet.js";
import { BARE, elapsed, inFolder, peak, phxc } from "./process.js";
import { count, median, megabytes, type Row, time } from "./row.js";

/** Guests with the number of runs, and what is promised: seconds above a bare start of Node, bytes. */
const SMALL = { guests: 1000, runs: 7, seconds: 1.5, bytes: 300e6 };
/** Ten times as many guests may take so many times as long. */
const LARGE = { guests: 10_000, runs: 3, times: 12, bytes: 1.5e9 };

interface Measured {
  readonly lines: number;
  /** Medians, in milliseconds. */
  readonly run: number;
  readonly node: number;
  readonly lexer: number;
  /** In bytes. */
  readonly memory: number;
}

/** `phxc plan` with the script written, of fleets of about twenty lines a guest in one file. */
export async function measureFleets(): Promise<readonly Row[]> {
  const small = await measure(SMALL.guests, SMALL.runs);
  const large = await measure(LARGE.guests, LARGE.runs);
  const above = (small.run - small.node) / 1000;
  const times = large.run / small.run;
  return [
    row(SMALL.guests, small, `${above.toFixed(2)} s above a bare start`, {
      text: `${SMALL.seconds} s above a bare start, ${megabytes(SMALL.bytes)}`,
      kept: above <= SMALL.seconds && small.memory <= SMALL.bytes,
    }),
    row(LARGE.guests, large, `${times.toFixed(1)} times as long`, {
      text: `${LARGE.times} times as long, ${megabytes(LARGE.bytes)}`,
      kept: times <= LARGE.times && large.memory <= LARGE.bytes,
    }),
  ];
}

function row(guests: number, measured: Measured, judged: string, promise: NonNullable<Row["promise"]>): Row {
  const { lines, run, node, lexer, memory } = measured;
  const ratio = (to: number): string => (run / to).toFixed(1);
  return {
    what: `\`phxc plan\` with the script, ${count(guests)} guests, ${count(lines)} lines`,
    measured: `${time(run)}, ${judged}; ${megabytes(memory)}`,
    beside: `\`node -e 0\`: ${time(node)}, ratio ${ratio(node)}; bare lexer: ${time(lexer)}, ratio ${ratio(lexer)}`,
    promise,
  };
}

function measure(guests: number, runs: number): Promise<Measured> {
  return inFolder((folder) => {
    const text = fleetText(guests);
    writeFileSync(join(folder, "fleet.phx"), text);
    const args = [phxc, "plan", "fleet.phx", "--out", "plan.sh"];
    const figures = Array.from({ length: runs }, () => ({
      node: elapsed(BARE, folder),
      run: elapsed(args, folder),
      lexer: lexed(join(folder, "fleet.phx")),
    }));
    return {
      lines: text.split("\n").length - 1,
      run: median(figures.map(({ run }) => run)),
      node: median(figures.map(({ node }) => node)),
      lexer: median(figures.map(({ lexer }) => lexer)),
      memory: peak(args, folder),
    };
  });
}

function lexed(path: string): number {
  const program = fileURLToPath(new URL("lex.js", import.meta.url));
  return Number(execFileSync(process.execPath, [program, path], { encoding: "utf8" }));
}
