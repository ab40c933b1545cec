import type { Palette } from "../diagnostics/palette.js";
import { plural } from "../diagnostics/summary.js";
import { commandLine } from "../host/quote.js";
import type { Plan, PlanGuest } from "../model/plan.js";
import type { Rehearsal, RehearsalRun } from "../rehearsal/index.js";
import { visible, visibleLines } from "../text/visible.js";

export interface RehearsalReportOptions {
  readonly palette: Palette;
  /** Shows all that the script printed; otherwise only its end where it failed. */
  readonly verbose: boolean;
}

/** Lines of output that are shown of a run that failed. */
const TAIL = 30;

/** What a rehearsal showed, for a terminal. */
export function rehearsalReport(plan: Plan, rehearsal: Rehearsal, options: RehearsalReportOptions): string {
  const { first, second, passed } = rehearsal;
  const { palette } = options;
  const verdict = passed
    ? palette.good("passed: the plan converges, and its second run does nothing")
    : palette.error(`failed: ${reasons(rehearsal).join("; ")}`);
  return [
    palette.strong(`first run: ${runLine(first)}`),
    ...outputOf(first, options),
    ...guestTable(plan, rehearsal, palette),
    ...(second === undefined ? [] : [palette.strong(`second run: ${runLine(second)}`), ...outputOf(second, options)]),
    ...(second === undefined ? [] : [...mutating(second), ...second.files.map((path) => `  changed ${visible(path)}`)]),
    verdict,
    "",
  ].join("\n");
}

function runLine({ code, signal, mutating: count, milliseconds }: RehearsalRun): string {
  const end = signal === undefined ? `exit code ${code}` : `ended by ${signal}`;
  return `${end}, ${plural(count, "command")} that may change something, ${(milliseconds / 1000).toFixed(1)} s`;
}

/** What is worth reading: who was held back and why, and the count; of another failure the end of the output. */
function outputOf(run: RehearsalRun, { verbose }: RehearsalReportOptions): readonly string[] {
  const lines = `${run.stdout}${run.stderr}`.split("\n").filter((line) => line !== "");
  const told = lines.filter((line) => line.startsWith("! ") || line.startsWith("Guests: "));
  const isTold = run.code === 0 || told.some((line) => line.startsWith("! "));
  const shown = verbose ? lines : isTold ? told : lines.slice(-TAIL);
  return [...shown.map((line) => `  ${visible(line)}`), ...run.unknown.map((line) => `  unknown: ${visible(line)}`)];
}

/** Every guest of the plan with what became of it. */
function guestTable(plan: Plan, { guests }: Rehearsal, palette: Palette): readonly string[] {
  const width = Math.max(0, ...plan.guests.map((guest) => label(guest).length));
  return plan.guests.map((guest) => {
    const live = guests.find((found) => found.kind === guest.kind && found.id === guest.id);
    const state =
      live === undefined ? palette.warning("not there") : live.running ? palette.good("running") : "stopped";
    return `  ${label(guest).padEnd(width)}  ${state}${live?.template === true ? ", template" : ""}`;
  });
}

function label(guest: PlanGuest): string {
  return `${guest.kind} ${guest.id} ${visible(guest.name)}`;
}

function mutating(run: RehearsalRun): readonly string[] {
  return run.commands
    .filter((command) => command.mutating)
    .map((command) => `  ${visibleLines(commandLine(command.argv))}`);
}

function reasons({ first, second }: Rehearsal): readonly string[] {
  return [
    ...(first.code === 0 ? [] : [`the first run ended with exit code ${first.code}`]),
    ...(second === undefined || second.code === 0 ? [] : [`the second run ended with exit code ${second.code}`]),
    ...([first, second].some((run) => (run?.unknown.length ?? 0) > 0) ? ["it called unknown commands"] : []),
    ...(second !== undefined && second.mutating + second.files.length > 0 ? ["the second run was not quiet"] : []),
  ];
}
