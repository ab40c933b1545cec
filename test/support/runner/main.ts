import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../paths.js";
import { GOLDEN_NOTES, orphanedGoldens } from "./goldens.js";
import { inspectTestFile, readOutcome } from "./inspect.js";
import { killAll, run } from "./process.js";
import { hasFailed, renderReport, renderTotal, type Report } from "./report.js";

const FILE_TIMEOUT_MS = 600_000;
const DEEP_TIMEOUT_MS = 2_700_000;
const CHECK_TIMEOUT_MS = 300_000;
const DURATIONS = join(root, "build/.durations.json");

/** A tool whose exit code says whether the project passes. */
export interface Check {
  readonly name: string;
  readonly argv: readonly string[];
}

export interface RunnerOptions {
  /** Parts of file names; none: every test file, all checks, and the search for orphaned golden files. */
  readonly patterns: readonly string[];
  /** The tests of test/deep as well, longer property runs, and more time for each file. */
  readonly deep: boolean;
  /** What is known before the tests start: the build. */
  readonly known: readonly Report[];
  readonly checks: readonly Check[];
}

interface Context {
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
}

/** Runs checks and test files side by side and prints one line for each; returns the exit code. */
export async function runTests(options: RunnerOptions): Promise<number> {
  const notes = mkdtempSync(join(tmpdir(), "phxc-goldens-"));
  const context: Context = {
    env: { ...process.env, [GOLDEN_NOTES]: notes, NO_COLOR: "1", ...(options.deep ? { PHXC_DEEP: "1" } : {}) },
    timeoutMs: options.deep ? DEEP_TIMEOUT_MS : FILE_TIMEOUT_MS,
  };
  stopWithUs(notes);
  try {
    const reports = [...options.known.map(print), ...(await runAll(options, context))];
    if (options.patterns.length === 0) reports.push(print(goldenReport(reports, notes)));
    process.stdout.write(`\n${renderTotal(reports)}`);
    return reports.some(hasFailed) ? 1 : 0;
  } finally {
    rmSync(notes, { recursive: true, force: true });
  }
}

function stopWithUs(notes: string): void {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      killAll();
      rmSync(notes, { recursive: true, force: true });
      process.exit(130);
    });
  }
}

async function runAll(options: RunnerOptions, context: Context): Promise<readonly Report[]> {
  const files = testFiles(options.patterns);
  if (files.length === 0)
    return [print(failure("tests", `no test file matches ${options.patterns.join(" ") || "test/**/*.test.ts"}`))];
  const durations = readDurations();
  const slowestFirst = files.toSorted(
    (a, b) => (durations[b] ?? Infinity) - (durations[a] ?? Infinity) || (a < b ? -1 : 1),
  );
  const work = [
    ...options.checks.map((check) => () => runCheck(check, context)),
    ...slowestFirst.map((file) => () => runFile(file, context)),
  ];
  const reports = await pool(work, Math.max(2, Math.min(8, availableParallelism())));
  const measured = Object.fromEntries(reports.map((report) => [report.name, report.seconds]));
  writeFileSync(DURATIONS, JSON.stringify({ ...durations, ...measured }));
  return reports;
}

/** Compiled test files, as paths relative to the top. */
function testFiles(patterns: readonly string[]): readonly string[] {
  return readdirSync(join(root, "build/test"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.js"))
    .map((name) => `build/test/${name.replaceAll("\\", "/")}`)
    .filter((name) => patterns.length === 0 || patterns.some((pattern) => sourceName(name).includes(pattern)))
    .sort((a, b) => (a < b ? -1 : 1));
}

function sourceName(compiled: string): string {
  return compiled.slice("build/".length).replace(/\.js$/, ".ts");
}

function readDurations(): Readonly<Record<string, number>> {
  if (!existsSync(DURATIONS)) return {};
  return JSON.parse(readFileSync(DURATIONS, "utf8")) as Record<string, number>;
}

async function pool(work: readonly (() => Promise<Report>)[], size: number): Promise<readonly Report[]> {
  const queue = [...work];
  const reports: Report[] = [];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) reports.push(print(await next()));
  };
  await Promise.all(Array.from({ length: size }, worker));
  return reports;
}

async function runFile(file: string, context: Context): Promise<Report> {
  const problems = inspectTestFile(readFileSync(join(root, file), "utf8"));
  if (problems.length > 0) return failure(sourceName(file), problems.join("; "));
  const start = performance.now();
  const { ending, output } = await run([process.execPath, file], { cwd: root, ...context });
  return { name: sourceName(file), outcome: readOutcome(output, ending), seconds: since(start), output };
}

async function runCheck(check: Check, context: Context): Promise<Report> {
  const start = performance.now();
  const { ending, output } = await run(check.argv, { cwd: root, env: context.env, timeoutMs: CHECK_TIMEOUT_MS });
  const ok = ending.code === 0;
  return {
    name: check.name,
    outcome: {
      passed: ok ? 1 : 0,
      failed: ok ? 0 : 1,
      skipped: 0,
      ...(ending.timedOut ? { problem: "its time was up" } : {}),
    },
    seconds: since(start),
    output,
  };
}

/** Only a run in which every test was executed can say that nobody reads a golden file; those of test/deep read none. */
function goldenReport(reports: readonly Report[], notes: string): Report {
  const name = "golden files without a test";
  const incomplete = reports.some(
    (report) => hasFailed(report) || (report.outcome.skipped > 0 && !report.name.startsWith("test/deep/")),
  );
  if (incomplete) return { name, outcome: { passed: 0, failed: 0, skipped: 1 }, seconds: 0, output: "" };
  const folder = join(root, "test/golden");
  const orphans = orphanedGoldens(folder, notes);
  if (process.env["UPDATE_GOLDENS"] === "1") {
    for (const orphan of orphans) rmSync(join(folder, orphan));
    return { name, outcome: { passed: 1, failed: 0, skipped: 0 }, seconds: 0, output: "" };
  }
  if (orphans.length > 0)
    return failure(name, `no test compares ${orphans.join(", ")}; "npm run goldens" removes them`);
  return { name, outcome: { passed: 1, failed: 0, skipped: 0 }, seconds: 0, output: "" };
}

function failure(name: string, problem: string): Report {
  return { name, outcome: { passed: 0, failed: 1, skipped: 0, problem }, seconds: 0, output: "" };
}

function print(report: Report): Report {
  process.stdout.write(renderReport(report));
  return report;
}

function since(start: number): number {
  return (performance.now() - start) / 1000;
}
