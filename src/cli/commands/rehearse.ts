import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Plan } from "../../model/plan.js";
import { presupposed, rehearse } from "../../rehearsal/index.js";
import type { HostState, Rehearsal, RehearsalRun } from "../../rehearsal/index.js";
import { EXIT, isProblem, valueOf } from "../command.js";
import type { Arguments, Command, Problem } from "../command.js";
import { writeFailure } from "../deliver.js";
import { planText } from "../emit.js";
import { rehearsalReport } from "../rehearsal-report.js";
import { REPORT_OPTIONS, isMachineReport } from "../report.js";
import { SOURCE_OPTIONS } from "../sources.js";
import type { Terminal } from "../terminal.js";

/** `phxc rehearse` */
export const rehearseCommand: Command = {
  usage: ["phxc rehearse [ENTRY] [TARGET...]"],
  about: `Runs the script of a plan twice on a simulated Proxmox host that has what the plan presupposes and nothing else.
It tells what the first run did, which guests there are then, and every command of the second run that may change
something: there must be none. The exit code is the script's; 1 when the second run was not quiet.`,
  options: {
    without: {
      takes: "values",
      placeholder: "DEVICE",
      doc: "take a device off the host; `/dev/nvidia*` takes all of them",
    },
    keep: {
      takes: "value",
      placeholder: "FOLDER",
      doc: "leave the script, its output, its commands and the host there",
    },
    verbose: { takes: "flag", short: "v", doc: "show what the script prints" },
    ...SOURCE_OPTIONS,
    ...REPORT_OPTIONS,
  },
  examples: [
    ["phxc rehearse fleet.phx", "from an empty host"],
    ["phxc rehearse fleet.phx --without '/dev/nvidia*'", "what is held back without the devices"],
    ["phxc rehearse fleet.phx docker-1 --keep rehearsal", "one guest; look at the host afterwards"],
  ],
  run,
};

async function run(args: Arguments, terminal: Terminal): Promise<number | Problem> {
  const planned = await planText(args, terminal, "bash");
  if (isProblem(planned)) return planned;
  const { compiled, text } = planned;
  const { plan } = compiled.compilation;
  if (text === undefined || plan === undefined) return EXIT.findings;
  const state = stateFor(plan, args.values.get("without") ?? []);
  if (isProblem(state)) return state;
  const rehearsal = await rehearse(text, state, { twice: true });
  const keep = valueOf(args, "keep");
  const problem = keep === undefined ? undefined : keepAll(resolve(terminal.cwd, keep), text, rehearsal);
  if (problem !== undefined) return problem;
  if (!isMachineReport(args)) {
    const options = { palette: terminal.out.palette, verbose: args.flags.has("verbose") };
    terminal.out.write(rehearsalReport(plan, rehearsal, options));
  }
  return exitCode(rehearsal);
}

/** The script's own code of the first run that failed; otherwise whether the second was quiet. */
function exitCode({ first, second, passed }: Rehearsal): number {
  const failed = [first, second].find((run) => run !== undefined && run.code !== 0);
  return failed?.code ?? (passed ? EXIT.ok : EXIT.findings);
}

/** The host that the plan presupposes, less some devices; one that it would not have had is a mistake in writing. */
function stateFor(plan: Plan, without: readonly string[]): HostState | Problem {
  const state = presupposed(plan);
  for (const pattern of without) {
    const matches = (path: string): boolean =>
      pattern.endsWith("*") ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
    if (!state.devices.some(matches)) {
      const devices = presupposed(plan).devices;
      const hint = devices.length === 0 ? "the plan uses no devices" : `it uses ${devices.join(", ")}`;
      return { problem: `the plan uses no device ${pattern}`, hint };
    }
    state.devices = state.devices.filter((path) => !matches(path));
  }
  return state;
}

/** Everything that a closer look needs: the script, both runs, and the host's files as they are afterwards. */
function keepAll(folder: string, script: string, { first, second, state }: Rehearsal): Problem | undefined {
  const { files, ...rest } = state;
  const texts: [string, string][] = [
    ["plan.sh", script],
    ["host.json", `${JSON.stringify(rest, null, 2)}\n`],
    ...Object.entries(files).map(([path, text]): [string, string] => [`host${path}`, text]),
    ...keptRun("first", first),
    ...(second === undefined ? [] : keptRun("second", second)),
  ];
  try {
    for (const [path, text] of texts) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return undefined;
  } catch (error) {
    return { problem: `cannot write to ${folder}: ${writeFailure(error)}` };
  }
}

function keptRun(name: string, run: RehearsalRun): [string, string][] {
  const commands = run.commands.map(({ argv, code, mutating }) => `${JSON.stringify({ code, mutating, argv })}\n`);
  return [
    [`${name}/stdout.log`, run.stdout],
    [`${name}/stderr.log`, run.stderr],
    [`${name}/commands.ndjson`, commands.join("")],
  ];
}
