import type { Palette } from "../diagnostics/palette.js";
import { plural } from "../diagnostics/summary.js";
import { secretsOf } from "../model/plan.js";
import type { Plan, Risk, Step } from "../model/plan.js";
import { aimOf, interruptionsOf, leftBy, removalsOf } from "../plugin-api/index.js";
import { diffLines } from "../text/diff.js";
import { visible } from "../text/visible.js";

/** What a plan does, for a terminal: the guests in order with the number of their steps, and the steps by risk. */
export function planSummary(plan: Plan, palette: Palette): string {
  const byGuest = countBy(plan.steps, (step) => step.resource);
  const guests = plan.guests.map((guest) => [
    `${guest.kind} ${guest.id}`,
    visible(guest.name),
    plural(byGuest.get(guest.address) ?? 0, "step"),
    needs(guest.needs),
  ]);
  const ofGuests = new Set(plan.guests.map((guest) => guest.address));
  const others = plan.steps.filter((step) => !ofGuests.has(step.resource)).length;
  const host = others === 0 ? [] : [["host", visible(plan.host), plural(others, "step"), ""]];
  const names = plan.targets.map(visible).join(", ");
  const converging = names === "" ? "" : ` (only ${names} and what they need)`;
  const aim = aimOf(plan);
  const only = aim === undefined ? converging : ` (${visible(aim)})`;
  return [
    palette.strong(
      `plan for ${visible(plan.host)}: ${plural(plan.guests.length, "guest")}, ${plural(plan.steps.length, "step")}${only}`,
    ),
    ...removals(plan.steps, palette),
    ...leftovers(plan.steps, palette),
    ...interruptions(plan, palette),
    ...table([...host, ...guests]),
    `steps: ${risks(plan.steps, palette)}`,
    ...secrets(plan),
    ...waiting(plan.steps),
    ...textChanges(plan, palette),
    "",
  ].join("\n");
}

/** How files differ from those of the committed plan, as unified diffs. */
export function textChanges({ textChanges: changes = [] }: Plan, palette: Palette): readonly string[] {
  if (changes.length === 0) return [];
  const paint = (line: string, i: number): string => {
    const text = `  ${line}`;
    if (i < 2) return palette.strong(text);
    if (line.startsWith("@@")) return palette.note(text);
    return line.startsWith("+") ? palette.good(text) : line.startsWith("-") ? palette.error(text) : text;
  };
  return ["files that change against the last plan:", ...changes.flatMap((change) => diffLines(change).map(paint))];
}

/** First, because it is what a reader must not miss. */
function removals(steps: readonly Step[], palette: Palette): readonly string[] {
  const lines = removalsOf(steps).map(({ guest, parts }) => `  - ${visible(`${guest}: ${parts.join(", ")}`)}`);
  if (lines.length === 0) return [];
  const title = "no longer declared; removed where the host still has it as it was declared:";
  return [palette.warning(title), ...lines.map((line) => palette.error(line))];
}

/** What stays on the host until somebody removes it. */
function leftovers(steps: readonly Step[], palette: Palette): readonly string[] {
  const left = leftBy(steps);
  if (left.length === 0) return [];
  return [palette.warning("no longer declared, and left as it is:"), ...left.map((text) => `  . ${visible(text)}`)];
}

/** Where secrets are read; a command among them is run on the host, and so shown as it is. */
function secrets(plan: Plan): readonly string[] {
  const places = secretsOf(plan);
  return places.length === 0 ? [] : ["secrets read when it runs:", ...places.map((place) => `  ${visible(place)}`)];
}

/** Of an action nothing has to be said: it is what was asked for. */
function interruptions({ action, steps }: Plan, palette: Palette): readonly string[] {
  const found = action === undefined ? interruptionsOf(steps) : [];
  if (found.length === 0) return [];
  const lines = found.map(({ guest, reason }) => `  ! ${visible(`${guest}: ${reason}`)}`);
  return [palette.warning("guests that may be stopped or restarted:"), ...lines];
}

const RISKS: readonly (readonly [Risk, string])[] = [
  ["safe", "safe"],
  ["interrupts", "may interrupt a running guest"],
  ["restarts", "may restart a guest"],
  ["destroys", "destroy data"],
];

function risks(steps: readonly Step[], palette: Palette): string {
  const counts = countBy(steps, (step) => step.risk);
  const paint = (risk: Risk, text: string): string =>
    risk === "safe" ? text : risk === "destroys" ? palette.error(text) : palette.warning(text);
  const parts = RISKS.filter(([risk]) => counts.has(risk)).map(([risk, text]) =>
    paint(risk, `${counts.get(risk) ?? 0} ${text}`),
  );
  return parts.length === 0 ? "none" : parts.join(", ");
}

/** What a running guest takes over only when it starts: options and families, each once. */
function waiting(steps: readonly Step[]): readonly string[] {
  const names = steps.flatMap(({ probe }) => (probe.kind === "options" ? probe.pending : []));
  const families = [...new Set(names.map((name) => name.replace(/\d+(?=\.|$)/, "")))].toSorted();
  return families.length === 0
    ? []
    : [`changed where a guest runs, these wait for its next start: ${families.join(", ")}`];
}

function needs(addresses: readonly string[]): string {
  return addresses.length === 0
    ? ""
    : `after ${addresses.map((address) => address.replace(/^(vm|ct)\./, "")).join(", ")}`;
}

function countBy<K>(steps: readonly Step[], key: (step: Step) => K): ReadonlyMap<K, number> {
  const counts = new Map<K, number>();
  for (const step of steps) counts.set(key(step), (counts.get(key(step)) ?? 0) + 1);
  return counts;
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ")}`.trimEnd());
}
