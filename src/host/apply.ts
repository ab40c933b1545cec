import type { Outcome, Session } from "./session.js";

/** Exit codes of a plan's script (docs: the script's contract) that deciding about it needs. */
const NOTHING_TO_DO = 0;
const CHANGES_PENDING = 2;
const PREFLIGHT_REFUSED = 3;
const RESTART_NEEDED = 6;

const RESTART = { message: "restart the host, then apply the same plan again: it goes on from there" } as const;

/** What the operator says to the shown difference; `cannot-ask` where there is no terminal. */
export type Answer = "yes" | "no" | "cannot-ask";

/** How an apply ended: the code to exit with, and a sentence for the operator where one is due. */
export interface ApplyOutcome {
  readonly code: number;
  readonly message?: string;
}

/**
 * Checks a staged script on its host, asks when it has changes, and runs the same bytes. The script's own exit codes
 * pass through; 2 also says that pending changes were not applied, and 255 that the connection was lost.
 */
export async function applyScript(session: Session, ask: () => Promise<Answer>): Promise<ApplyOutcome> {
  try {
    const staged = await session.staged();
    if (staged.kind !== "exit") return failure(staged, "before the script was staged; nothing was run");
    const check = await session.execute("check");
    if (check.kind !== "exit") return failure(check, "while the host was checked; nothing was changed");
    if (check.code !== CHANGES_PENDING) return { code: check.code, ...checkMessage(check.code) };
    const answer = await ask();
    if (answer !== "yes") return { code: CHANGES_PENDING, message: declined(answer) };
    const run = await session.execute("run");
    if (run.kind === "exit") return { code: run.code, ...(run.code === RESTART_NEEDED ? RESTART : {}) };
    return failure(run, "while the script ran; it has been interrupted, and the next apply goes on where it ended");
  } finally {
    await session.close();
  }
}

/** Runs a staged script that only asks for the health of guests, once: there is nothing to agree to. */
export async function askHealth(session: Session): Promise<ApplyOutcome> {
  try {
    const staged = await session.staged();
    if (staged.kind !== "exit") return failure(staged, "before the script was staged; nothing was run");
    const asked = await session.execute("check");
    if (asked.kind !== "exit") return failure(asked, "while the guests were asked");
    return { code: asked.code, ...(asked.code === PREFLIGHT_REFUSED ? checkMessage(asked.code) : {}) };
  } finally {
    await session.close();
  }
}

function checkMessage(code: number): { readonly message?: string } {
  if (code === NOTHING_TO_DO) return { message: "nothing to do" };
  if (code === PREFLIGHT_REFUSED) return { message: "the host is not ready for this plan; nothing was changed" };
  return { message: `the check failed with exit code ${code}; nothing was changed` };
}

function declined(answer: "no" | "cannot-ask"): string {
  if (answer === "no") return "not applied";
  return "not applied: there is no terminal to ask on; say --yes to apply without asking";
}

function failure(outcome: Exclude<Outcome, { kind: "exit" }>, when: string): ApplyOutcome {
  if (outcome.kind === "refused") return { code: 2, message: `the host refused the script: ${outcome.reason}` };
  return { code: 255, message: `the connection ended (code ${outcome.code}) ${when}` };
}
