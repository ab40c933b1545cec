import type { Outcome } from "./inspect.js";

/** One line of the report: a test file, or a check such as lint. */
export interface Report {
  readonly name: string;
  readonly outcome: Outcome;
  readonly seconds: number;
  /** Printed whole when it failed; otherwise only how many cases it says to have tried (`31 cases`). */
  readonly output: string;
}

/** Whether anything of it failed. */
export function hasFailed(report: Report): boolean {
  return report.outcome.failed > 0 || report.outcome.problem !== undefined;
}

/** The report's line, and all that it printed when it failed. */
export function renderReport(report: Report): string {
  const { passed, failed, skipped, problem } = report.outcome;
  const state = hasFailed(report) ? "FAIL" : "ok  ";
  const cases = [...report.output.matchAll(/\b(\d+) cases\b/g)].reduce((total, [, n]) => total + Number(n), 0);
  const counts = [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(cases > 0 ? [`${cases} cases`] : []),
  ];
  const line = `${state} ${report.name.padEnd(48)} ${counts.join(", ")} (${report.seconds.toFixed(1)} s)`;
  if (!hasFailed(report)) return `${line}\n`;
  const output = report.output.trimEnd();
  return [
    line,
    ...(problem === undefined ? [] : [`     ${report.name}: ${problem}`]),
    ...(output === "" ? [] : [output]),
    "",
  ].join("\n");
}

/** The last line of a run. */
export function renderTotal(reports: readonly Report[]): string {
  const sum = (pick: (outcome: Outcome) => number): number =>
    reports.reduce((total, report) => total + pick(report.outcome), 0);
  const skipped = sum((outcome) => outcome.skipped);
  // A file can pass all its tests and still fail as a whole; that counts as one failure.
  const failed = sum((outcome) => Math.max(outcome.failed, outcome.problem === undefined ? 0 : 1));
  return `${sum((outcome) => outcome.passed)} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`;
}
