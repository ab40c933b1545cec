/**
 * What uvu would let pass in a compiled test file: it exits 0 for a suite that is never run, for a file without tests and
 * for a forgotten `only`. Returns one sentence per problem; none: the file may run.
 */
export function inspectTestFile(source: string): readonly string[] {
  const problems: string[] = [];
  if (/\.only\s*\(/.test(source)) problems.push("calls .only(), which hides the other tests of the file");
  if (!/\.run\s*\(\s*\)/.test(source)) problems.push("never calls .run(), so none of its tests would run");
  for (const [, name] of source.matchAll(/\b(?:const|let|var)\s+(\w+)\s*=\s*suite\s*\(/g)) {
    if (name !== undefined && !new RegExp(`\\b${name}\\s*\\.run\\s*\\(`).test(source)) {
      problems.push(`the suite "${name}" is never run`);
    }
  }
  return problems;
}

/** What a finished test process amounts to. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Why the file as a whole counts as failed, besides the tests that did. */
  readonly problem?: string;
}

/** How a process ended: with an exit code, or killed by a signal, or by us because its time was up. */
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
}

/** Reads uvu's summary at the end of a file's output, and believes it only where the process's end agrees. */
export function readOutcome(output: string, ending: Ending): Outcome {
  const summary = /\n {2}Total: {5}(\d+)\n {2}Passed: {4}(\d+)\n {2}Skipped: {3}(\d+)\n {2}Duration: {2}\S+\s*$/.exec(
    stripColour(output),
  );
  const [total, passed, skipped] = (summary ?? []).slice(1).map(Number);
  if (ending.timedOut) return { passed: 0, failed: 1, skipped: 0, problem: "its time was up" };
  if (ending.signal !== null) return { passed: 0, failed: 1, skipped: 0, problem: `killed by ${ending.signal}` };
  if (total === undefined || passed === undefined || skipped === undefined) {
    return {
      passed: 0,
      failed: 1,
      skipped: 0,
      problem: `ended with exit code ${ending.code} and without uvu's summary`,
    };
  }
  return judge({ total, passed, skipped }, ending);
}

function judge(
  counts: { readonly total: number; readonly passed: number; readonly skipped: number },
  ending: Ending,
): Outcome {
  const { total, passed, skipped } = counts;
  const failed = total - passed;
  if (total === 0 && skipped === 0) return { passed: 0, failed: 1, skipped: 0, problem: "ran no test" };
  if (failed < 0) return { passed: 0, failed: 1, skipped, problem: `its summary says ${passed} of ${total} passed` };
  if (failed === 0 && ending.code !== 0)
    return { passed, failed: 1, skipped, problem: `all tests passed, but it exited with ${ending.code}` };
  if (failed > 0 && ending.code === 0)
    return { passed, failed, skipped, problem: "tests failed, but it exited with 0" };
  return { passed, failed, skipped };
}

function stripColour(text: string): string {
  return text.replace(/\x1b\[[0-9;]*m/g, "");
}
