import type { Palette } from "../diagnostics/palette.js";
import { plural } from "../diagnostics/summary.js";
import { readableLine } from "../host/quote.js";
import type { Plan, PlanGuest } from "../model/plan.js";
import type { GuestEntry, Prediction, Rehearsal, RehearsalRun } from "../rehearsal/index.js";
import { visible, visibleLines } from "../text/visible.js";

export interface RehearsalReportOptions {
  readonly palette: Palette;
  /** Shows all that the script printed, and commands in full; otherwise only the output's end where it failed. */
  readonly verbose: boolean;
  /** Tells how long a genuine host would take. */
  readonly predicts: boolean;
}

/** Lines of output that are shown of a run that failed. */
const TAIL = 30;

/** Columns of a command that are shown when not all of it is. */
const COMMAND_WIDTH = 120;

/** What a rehearsal showed, for a terminal. */
export function rehearsalReport(plan: Plan, rehearsal: Rehearsal, options: RehearsalReportOptions): string {
  const { first, second } = rehearsal;
  const { palette } = options;
  return [
    palette.strong(`first run: ${runLine(first)}`),
    ...stepLines(plan, first, options),
    ...outputOf(first, options),
    ...(options.predicts ? [palette.strong(predictionLine(first.predicted))] : []),
    palette.strong("guests afterwards:"),
    ...guestTable(plan, rehearsal, palette),
    ...(second === undefined ? [] : secondRun(second, options)),
    verdict(rehearsal, palette),
    "",
  ].join("\n");
}

function verdict(rehearsal: Rehearsal, palette: Palette): string {
  if (!rehearsal.passed) return palette.error(`failed: ${reasons(rehearsal).join("; ")}`);
  const heldBack = rehearsal.first.code === 0 ? "" : "apart from the guests that were meant to be held back, ";
  return palette.good(`passed: ${heldBack}the plan converges, and its second run does nothing`);
}

function runLine({ code, signal, mutating: count, milliseconds }: RehearsalRun): string {
  const end = signal === undefined ? `exit code ${code}` : `ended by ${signal}`;
  return `${end}, ${plural(count, "command")} that may change something, ${(milliseconds / 1000).toFixed(1)} s`;
}

/** What each step did: the commands that it called which may change something, under the guest that they belong to. */
function stepLines(plan: Plan, run: RehearsalRun, options: RehearsalReportOptions): readonly string[] {
  const subjects = new Map(plan.steps.map(({ id, resource }) => [id, resource]));
  const labels = new Map(plan.guests.map((guest) => [guest.address, label(guest)]));
  const lines: string[] = [];
  let [subject, step]: (string | undefined)[] = [undefined, undefined];
  for (const command of run.commands.filter(({ mutating }) => mutating)) {
    const now = labels.get(subjects.get(command.step) ?? "") ?? "host";
    if (now !== subject) lines.push(`  ${now}`);
    if (now !== subject || command.step !== step) lines.push(`    ${visible(command.step || "(before the steps)")}`);
    [subject, step] = [now, command.step];
    const failed = command.code === 0 ? "" : options.palette.error(` (exit code ${command.code})`);
    lines.push(`      ${shortened(readableLine(command.argv), options)}${failed}`);
  }
  return lines;
}

function shortened(text: string, { verbose }: RehearsalReportOptions): string {
  if (verbose) return visibleLines(text);
  const line = visible(text);
  return line.length <= COMMAND_WIDTH ? line : `${line.slice(0, COMMAND_WIDTH - 4)} ...`;
}

/** What is worth reading: what changed, who was held back and why, and the count; of another failure the end of the output. */
function outputOf(run: RehearsalRun, { verbose }: RehearsalReportOptions): readonly string[] {
  const lines = `${run.stdout}${run.stderr}`.split("\n").filter((line) => line !== "");
  const told = lines.filter((line) => /^[-+~!] |^Guests: /.test(line));
  const isTold = run.code === 0 || told.some((line) => line.startsWith("! "));
  const shown = verbose ? lines : isTold ? told : lines.slice(-TAIL);
  return [...shown.map((line) => `  ${visible(line)}`), ...run.unknown.map((line) => `  unknown: ${visible(line)}`)];
}

function predictionLine({ seconds, proxmox, others }: Prediction): string {
  if (seconds < 0.05) return "an apply takes next to no time: it starts no Proxmox process";
  const processes = `${proxmox} Proxmox process${proxmox === 1 ? "" : "es"}`;
  const rest = others === 0 ? "" : `, ${plural(others, "other command")}`;
  return `an apply takes about ${duration(seconds)} (${processes}${rest}), besides what it copies, downloads, boots and runs in guests`;
}

/** A time for people: `0.9 s`, `48 s`, `1 min 32 s`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const rest = whole % 60 === 0 ? "" : ` ${whole % 60} s`;
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min${rest}`;
}

/** Every guest of the plan with what became of it, and how many others there are. */
function guestTable(plan: Plan, { guests }: Rehearsal, palette: Palette): readonly string[] {
  const width = Math.max(0, ...plan.guests.map((guest) => label(guest).length));
  const find = ({ kind, id }: PlanGuest): GuestEntry | undefined =>
    guests.find((found) => found.kind === kind && found.id === id);
  const others = guests.length - plan.guests.filter((guest) => find(guest) !== undefined).length;
  return [
    ...plan.guests.map((guest) => `  ${label(guest).padEnd(width)}  ${guestState(find(guest), palette)}`),
    ...(others === 0 ? [] : [`  ${plural(others, "guest")} that the plan does not name`]),
  ];
}

function guestState(guest: GuestEntry | undefined, palette: Palette): string {
  if (guest === undefined) return palette.warning("not there");
  const disks = Object.entries(guest.disks).map(([option, value]) => diskText(option, value));
  const state = guest.running ? palette.good("running") : "stopped";
  return [`${state}${guest.template ? ", template" : ""}`, ...disks].join("  ");
}

/** `scsi0 vms:vm-100-disk-0 8G`. */
function diskText(option: string, value: string): string {
  const [volume = "", ...rest] = value.split(",");
  const size = rest.find((part) => part.startsWith("size="))?.slice("size=".length);
  return visible([option, volume, ...(size === undefined ? [] : [size])].join(" "));
}

function label(guest: PlanGuest): string {
  return `${guest.kind} ${guest.id} ${visible(guest.name)}`;
}

/** What the second run did, where it ought to have done nothing. */
function secondRun(run: RehearsalRun, options: RehearsalReportOptions): readonly string[] {
  const commands = run.commands.filter((command) => command.mutating);
  return [
    options.palette.strong(`second run: ${runLine(run)}`),
    ...outputOf(run, options),
    ...commands.map((command) => `  ${visibleLines(readableLine(command.argv))}`),
    ...run.files.map((path) => `  changed ${visible(path)}`),
  ];
}

/** Why a rehearsal did not pass. */
export function reasons({ first, second }: Rehearsal): readonly string[] {
  return [
    ...(first.code === 0 ? [] : [`the first run ended with exit code ${first.code}`]),
    ...(second === undefined || second.code === 0 ? [] : [`the second run ended with exit code ${second.code}`]),
    ...([first, second].some((run) => (run?.unknown.length ?? 0) > 0) ? ["it called unknown commands"] : []),
    ...(second !== undefined && second.mutating + second.files.length > 0 ? ["the second run was not quiet"] : []),
  ];
}
