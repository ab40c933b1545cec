import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { root } from "../support/paths.js";
import { inspectTestFile, readOutcome, type Outcome } from "../support/runner/inspect.js";
import { run } from "../support/runner/process.js";
import { hasFailed, renderReport, renderTotal } from "../support/runner/report.js";

const HEAD = `import { suite } from ${JSON.stringify(join(root, "node_modules/uvu/dist/index.mjs"))};\n`;
const QUIET = { code: 0, signal: null, timedOut: false };
const ONLY = ".on" + "ly(";

const summary = (total: number, passed: number, skipped = 0): string =>
  ` name  • •   (${passed} / ${total})\n\n  Total:     ${total}\n  Passed:    ${passed}\n  Skipped:   ${skipped}\n  Duration:  1.00ms\n\n`;

/** Runs a test file's text the way the runner does. */
async function outcomeOf(source: string, timeoutMs = 20_000): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "phxc-runner-"));
  try {
    const file = join(folder, "x.test.mjs");
    writeFileSync(file, HEAD + source);
    const { ending, output } = await run([process.execPath, file], { cwd: folder, env: process.env, timeoutMs });
    return readOutcome(output, ending);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const test = suite("runner");

test("files that uvu would pass without running them are refused", () => {
  assert.equal(inspectTestFile('const t = suite("x"); t("a", () => {}); t.run();'), []);
  assert.match(inspectTestFile(`const t = suite("x"); t${ONLY}"a", f); t.run();`).join(), "hides");
  assert.match(inspectTestFile('const t = suite("x"); t("a", () => {});').join(), "never calls");
  assert.match(
    inspectTestFile(`const t = suite("x"); const u = ${"su" + "ite"}("y"); t.run();`).join(),
    'suite "u" is never run',
  );
});

test("a summary is believed where the exit code agrees", () => {
  assert.equal(readOutcome(summary(2, 2), QUIET), { passed: 2, failed: 0, skipped: 0 });
  assert.equal(readOutcome(summary(3, 1, 2), { ...QUIET, code: 1 }), { passed: 1, failed: 2, skipped: 2 });
  assert.equal(readOutcome(summary(0, 0, 2), QUIET), { passed: 0, failed: 0, skipped: 2 });
});

test("everything else is a failure", () => {
  const bad = [
    readOutcome(summary(0, 0), QUIET),
    readOutcome(summary(2, 3), QUIET),
    readOutcome(summary(2, 1), QUIET),
    readOutcome(summary(2, 2), { ...QUIET, code: 1 }),
    readOutcome(summary(2, 2), { code: null, signal: "SIGSEGV", timedOut: false }),
    readOutcome(summary(2, 2), { code: null, signal: "SIGKILL", timedOut: true }),
    readOutcome(`${summary(2, 2)}more`, QUIET),
    readOutcome("", QUIET),
  ];
  for (const outcome of bad) assert.ok(outcome.failed > 0 || outcome.problem !== undefined, JSON.stringify(outcome));
});

test("real files: passing, failing, leaving early, crashing, hanging", async () => {
  assert.equal(await outcomeOf('const t = suite("x"); t("a", () => {}); t.run();'), {
    passed: 1,
    failed: 0,
    skipped: 0,
  });
  const failing = await outcomeOf(
    'const t = suite("x"); t("a", () => { throw new Error("no"); }); t("b", () => {}); t.run();',
  );
  assert.equal(failing, { passed: 1, failed: 1, skipped: 0 });
  const left = await outcomeOf('const t = suite("x"); t("a", () => process.exit(0)); t.run();');
  assert.match(left.problem ?? "", "without uvu's summary");
  const crashed = await outcomeOf('const t = suite("x"); t("a", () => {}); t.run(); throw new Error("early");');
  assert.match(crashed.problem ?? "", "exit code 1");
  const hanging = await outcomeOf(
    'const t = suite("x"); t("a", () => new Promise(() => setInterval(() => {}, 1000))); t.run();',
    500,
  );
  assert.match(hanging.problem ?? "", "its time was up");
});

test("what a test leaves running does not outlive it", async () => {
  const source = [
    'import { spawn } from "node:child_process";',
    'const t = suite("x");',
    't("a", () => { spawn("sleep", ["60"], { stdio: "inherit" }).unref(); });',
    "t.run();",
  ].join("\n");
  const start = performance.now();
  assert.equal(await outcomeOf(source), { passed: 1, failed: 0, skipped: 0 });
  assert.ok(performance.now() - start < 10_000);
});

test("the last line counts tests, and files that failed as a whole", () => {
  const report = (outcome: Outcome) => ({ name: "f", outcome, seconds: 1, output: "what it said\n" });
  const fine = report({ passed: 3, failed: 0, skipped: 0 });
  const skipping = report({ passed: 1, failed: 0, skipped: 2 });
  const broken = report({ passed: 2, failed: 0, skipped: 0, problem: "no summary" });
  assert.is(renderTotal([fine]), "3 passed, 0 failed\n");
  assert.is(renderTotal([fine, skipping, broken]), "6 passed, 1 failed, 2 skipped\n");
  assert.not(hasFailed(skipping));
  assert.ok(hasFailed(broken));
  assert.not.match(renderReport(fine), "what it said");
  assert.match(renderReport(broken), "no summary");
  assert.match(renderReport(broken), "what it said");
});

test("a file that tries many cases in few tests says how many", () => {
  const outcome = { passed: 2, failed: 0, skipped: 0 };
  const line = renderReport({ name: "f", outcome, seconds: 1, output: "  31 cases, which\n•   28 cases\n" });
  assert.match(line, /^ok {3}f +2 passed, 59 cases \(1\.0 s\)\n$/);
});

test.run();
