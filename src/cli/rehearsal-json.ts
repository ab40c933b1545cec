import type { Plan } from "../model/plan.js";
import type { Rehearsal, RehearsalRun } from "../rehearsal/index.js";
import { reasons } from "./rehearsal-report.js";

/** What a rehearsal showed, for a program. Times that a run took here are left out: the same plan gives the same text. */
export function rehearsalJson(plan: Plan, rehearsal: Rehearsal, { predicts }: { readonly predicts: boolean }): string {
  const { first, second, guests, passed } = rehearsal;
  const report = {
    format: "phxc-rehearsal",
    formatVersion: 1,
    host: plan.host,
    passed,
    reasons: passed ? [] : reasons(rehearsal),
    ...(predicts
      ? { predicted: { ...first.predicted, seconds: Math.round(first.predicted.seconds * 100) / 100 } }
      : {}),
    runs: [first, ...(second === undefined ? [] : [second])].map(runData),
    guests: guests.map((guest) => ({
      ...guest,
      planned: plan.guests.some(({ kind, id }) => kind === guest.kind && id === guest.id),
    })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function runData({ code, signal, stdout, stderr, unknown, files, commands }: RehearsalRun): object {
  return {
    code,
    ...(signal === undefined ? {} : { signal }),
    stdout,
    stderr,
    unknown,
    files,
    commands: commands.map(({ step, argv, code: ended, mutating }) => ({ step, argv, code: ended, mutating })),
  };
}
