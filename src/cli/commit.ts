import { join } from "node:path";
import { PLAN_FILES, committedTexts, planFolder } from "../compile/memory.js";
import type { Plan } from "../model/plan.js";
import type { Model } from "../model/resource.js";
import { hasErrors } from "../diagnostics/summary.js";
import { readText } from "../host/files.js";
import { writeTogether } from "../host/write.js";
import type { NewFile } from "../host/write.js";
import { MAX_PLAN_BYTES, describeFailure } from "../text/files.js";
import { visible } from "../text/visible.js";
import { version } from "../version.generated.js";
import { occupiedArgument } from "./against.js";
import { EXIT, isProblem, valueOf } from "./command.js";
import type { Arguments, Problem } from "./command.js";
import { writeFailure } from "./deliver.js";
import { isMachineReport, report, shortPath } from "./report.js";
import { REBUILD, compileArguments, plansFolder } from "./sources.js";
import type { Compiled } from "./sources.js";
import { planSummary, textChanges } from "./summary.js";
import type { Terminal } from "./terminal.js";

/** The committed plan is not what the files give. */
const OUTDATED = 2;

/** `phxc plan --write` and `--check`: the host's plan.sh and plan.json. */
export async function commitPlan(args: Arguments, terminal: Terminal): Promise<number | Problem> {
  const clash = misuse(args);
  if (clash !== undefined) return clash;
  const occupied = await occupiedArgument(args, terminal);
  if (typeof occupied === "number" || isProblem(occupied)) return occupied;
  const compiled = await compileArguments(args, terminal, { upTo: "plan", write: true, occupied });
  if (isProblem(compiled)) return compiled;
  const { compilation, project } = compiled;
  const { plan, model, diagnostics } = compilation;
  if (plan !== undefined && plan.targets.length > 0) return withTargets(plan);
  await report(diagnostics, { args, terminal, root: project.root }, terminal.err);
  if (plan === undefined || model === undefined || hasErrors(diagnostics)) return EXIT.findings;
  const files = await filesOf(compiled, plan, model);
  const changed = files.flatMap((file) => difference(file, shortPath(terminal.cwd, file.path)) ?? []);
  if (args.flags.has("check")) return tell(changed, plan, terminal);
  if (changed.length > 0) {
    try {
      writeTogether(files);
    } catch (error) {
      return { problem: `cannot write ${shortPath(terminal.cwd, files[0]?.path ?? "")}: ${writeFailure(error)}` };
    }
  }
  if (isMachineReport(args)) return EXIT.ok;
  const names = listed(files.map(({ path }) => shortPath(terminal.cwd, path)));
  terminal.out.write(planSummary(plan, terminal.out.palette));
  terminal.out.write(changed.length > 0 ? `written to ${names}\n` : `${names} are as they were\n`);
  return EXIT.ok;
}

function misuse(args: Arguments): Problem | undefined {
  if (args.flags.has("write") && args.flags.has("check")) {
    return {
      problem: "`--write` and `--check` exclude each other",
      hint: "`--check` says what `--write` would change",
    };
  }
  const isRebuild = args.flags.has("write") && valueOf(args, "action") === REBUILD;
  const others = ["out", "format", ...(isRebuild ? [] : ["action"])];
  const other = others.find((name) => valueOf(args, name) !== undefined);
  const flag = args.flags.has("write") ? "--write" : "--check";
  return other === undefined
    ? undefined
    : { problem: `\`${flag}\` is for the whole plan of a host, in files of its own; leave out \`--${other}\`` };
}

function withTargets({ targets }: Plan): Problem {
  return {
    problem: `a committed plan is that of a whole host, not of ${targets.join(", ")} alone`,
    hint: "leave out the targets; `phxc plan TARGET --out FILE` writes a plan for some guests",
  };
}

/** `a, b and c` */
function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

/**
 * The lock file first, by which the next plan is the same; then the script: when the last file is lost, the next plan is made
 * from what was remembered before, and is the same as well.
 */
async function filesOf(compiled: Compiled, plan: Plan, model: Model): Promise<readonly NewFile[]> {
  const { project, entry, compilation } = compiled;
  const { lock } = compilation;
  const { folder } = plansFolder(project);
  const place = planFolder(model, plan.host, { entry, ...(folder === undefined ? {} : { configured: folder }) });
  const { script, data } = await committedTexts(plan, { version });
  return [
    ...(lock === undefined ? [] : [{ path: join(project.root, lock.path), content: lock.content, mode: 0o666 }]),
    { path: join(project.root, place, PLAN_FILES.script), content: script, mode: 0o777 },
    { path: join(project.root, place, PLAN_FILES.data), content: data, mode: 0o666 },
  ];
}

/** How a file differs from what would be written: a line or three. */
function difference({ path, content }: NewFile, name: string): string | undefined {
  const read = readText(path, MAX_PLAN_BYTES);
  if (!read.ok) return `${name}: ${describeFailure(read.reason)}\n`;
  if (read.text === content) return undefined;
  const [have, want] = [read.text.split("\n"), content.split("\n")];
  const found =
    firstDifference(have, want, OWN_PART) ??
    firstDifference(have.map(withoutDigests), want.map(withoutDigests)) ??
    firstDifference(have, want);
  const [before, after] = found ?? [0, 0];
  const line = (lines: readonly string[], at: number): string => visible(lines[at]?.trim() ?? "(nothing more)");
  return `${name} is not what the files give; the first difference, line ${after + 1}:\n- ${line(have, before)}\n+ ${line(want, after)}\n`;
}

/** Where a script's own part begins: what differs there says more than a digest, or a function that came to the runtime. */
const OWN_PART = "# --- What this plan presupposes";

/** A line without the digests in it, which differ whatever has changed. */
function withoutDigests(line: string): string {
  return line.replace(/[0-9a-f]{64}/g, "");
}

/** The places of the first two lines that differ, from the line that begins with `start` on. */
function firstDifference(
  have: readonly string[],
  want: readonly string[],
  start = "",
): readonly [number, number] | undefined {
  const [before, after] = [have, want].map((lines) => lines.findIndex((line) => line.startsWith(start)));
  if (before === undefined || after === undefined || before === -1 || after === -1) return undefined;
  const length = Math.max(have.length - before, want.length - after);
  for (let i = 0; i < length; i++) if (have[before + i] !== want[after + i]) return [before + i, after + i];
  return undefined;
}

function tell(changed: readonly string[], plan: Plan, terminal: Terminal): number {
  if (changed.length === 0) {
    terminal.out.write("the committed plan is what the files give\n");
    return EXIT.ok;
  }
  terminal.err.write(changed.join(""));
  for (const line of textChanges(plan, terminal.err.palette)) terminal.err.write(`${line}\n`);
  terminal.err.write("write it anew: phxc plan --write\n");
  return OUTDATED;
}
