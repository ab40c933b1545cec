import type { SimulatedHost } from "../src/rehearsal/index.js";
import { compileSource, withEmptyHost } from "../test/support/rehearsal.js";
import { fleetText } from "./fleet.js";
import { count, median, type Row, time } from "./row.js";

const RUNS = 9;
/** Guests, and what a quiet run of their script may take, in milliseconds. */
const FLEETS = [
  { guests: 100, limit: 300 },
  { guests: 1000, limit: 3000 },
] as const;

/** A thousand guests take minutes to make. */
const timeoutMs = 3_600_000;

/**
 * A script on a simulated host: the first run, which makes all guests, by the processes that it starts; then runs that find
 * nothing to do, by the time of bash.
 */
export async function measureScript(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { guests, limit } of FLEETS) rows.push(...(await measure(guests, limit)));
  return rows;
}

async function measure(guests: number, limit: number): Promise<readonly Row[]> {
  const { plan, script } = await compileSource(fleetText(guests));
  const rows: Row[] = [];
  await withEmptyHost(plan, async (host) => {
    const first = processes(await run(host, script));
    const quiet: { readonly milliseconds: number; readonly processes: number }[] = [];
    for (let i = 0; i < RUNS; i++) {
      const start = performance.now();
      const result = await run(host, script);
      quiet.push({ milliseconds: performance.now() - start, processes: processes(result) });
    }
    const milliseconds = median(quiet.map((each) => each.milliseconds));
    const most = Math.max(...quiet.map((each) => each.processes));
    rows.push(
      {
        what: `first run of the script, ${count(guests)} new guests`,
        measured: `${count(first)} Proxmox processes, ${(first / guests).toFixed(2)} a guest`,
        promise: { text: "4 for a clone, 3 for another guest", kept: first <= guests * 3.5 + 10 },
      },
      {
        what: `quiet run of the script, ${count(guests)} guests`,
        measured: `${time(milliseconds)}, ${most} Proxmox processes`,
        promise: { text: `${time(limit)}, at most 2 processes`, kept: milliseconds <= limit && most <= 2 },
      },
    );
  });
  return rows;
}

type Result = Awaited<ReturnType<SimulatedHost["runScript"]>>;

async function run(host: SimulatedHost, script: string): Promise<Result> {
  const result = await host.runScript(script, [], { timeoutMs });
  if (result.code !== 0) throw new Error(`the measured script ended with ${result.code}\n${result.stderr}`);
  return result;
}

function processes({ commands }: Result): number {
  return commands.filter(({ argv }) => ["qm", "pct", "pvesm", "pveam", "pvesh"].includes(argv[0] ?? "")).length;
}
