import { resolve } from "node:path";
import type { Plan } from "../../model/plan.js";
import { heldBackWithout, occupiedOf, rehearse, standIns } from "../../rehearsal/index.js";
import type { Rehearsal } from "../../rehearsal/index.js";
import { EXIT, isProblem, valueOf } from "../command.js";
import type { Arguments, Command, Problem } from "../command.js";
import { planText } from "../emit.js";
import { readHostFile, rehearsalHost } from "../rehearsal-host.js";
import { FAULT_OPTIONS, faultClash, rehearseFaults } from "../rehearsal-faults.js";
import { rehearsalJson } from "../rehearsal-json.js";
import { emptyFolder, keepRehearsal } from "../rehearsal-keep.js";
import { rehearsalReport } from "../rehearsal-report.js";
import { REPORT_OPTIONS, isMachineReport, outputClash, report } from "../report.js";
import { SCRIPT_OPTIONS, scriptFlags } from "../script-options.js";
import { SOURCE_OPTIONS } from "../sources.js";
import type { Terminal } from "../terminal.js";

/** `phxc rehearse` */
export const rehearseCommand: Command = {
  usage: ["phxc rehearse [ENTRY] [TARGET...]"],
  about: `Runs the script of a plan twice on a simulated Proxmox host that has what the plan presupposes and nothing else, or
with --from on one that is like a captured host, with all that it lacks.
It tells what each step of the first run did, which guests there are then, how long a genuine host would take, and every
command of the second run that may change something: there must be none. The exit code is the script's, where guests
that --without holds back count as done; 1 when the second run was not quiet. With --fault a run is disturbed, and the
next two have to mend that and to change nothing: 0 when that is so after every fault, else 1.`,
  options: {
    from: { takes: "value", placeholder: "STATE", doc: "begin with the host that `phxc capture` read into this file" },
    without: {
      takes: "values",
      placeholder: "DEVICE",
      doc: "take a device off the host; `/dev/nvidia*` takes all of them",
    },
    latency: {
      takes: "value",
      placeholder: "KIND",
      choices: ["real", "none"],
      doc: "`real`, the default: tell what an apply would take, added up and not waited for",
    },
    keep: {
      takes: "value",
      placeholder: "FOLDER",
      doc: "leave the script, its output, its commands and the host there; it must be empty",
    },
    format: { takes: "value", short: "f", placeholder: "FORM", choices: ["text", "json"], doc: "of the report" },
    ...FAULT_OPTIONS,
    ...SCRIPT_OPTIONS,
    verbose: { takes: "flag", short: "v", doc: "show what the script prints, and commands in full" },
    ...SOURCE_OPTIONS,
    ...REPORT_OPTIONS,
  },
  examples: [
    ["phxc rehearse fleet.phx", "from an empty host"],
    ["phxc rehearse fleet.phx --from pve1.json", "from the host that `phxc capture root@pve1 --out pve1.json` read"],
    ["phxc rehearse fleet.phx --without '/dev/nvidia*'", "what is held back without the devices"],
    ["phxc rehearse fleet.phx --fault all", "kill it at every command, let every command fail: is all mended?"],
    ["phxc rehearse fleet.phx docker-1 --keep rehearsal", "one guest; look at the host afterwards"],
  ],
  run,
};

async function run(args: Arguments, terminal: Terminal): Promise<number | Problem> {
  const clash = outputClash(args, valueOf(args, "format") === "json");
  if (clash !== undefined) return clash;
  const misused = faultClash(args);
  if (misused !== undefined) return misused;
  const from = valueOf(args, "from");
  const captured = from === undefined ? { host: undefined, diagnostics: [] } : readHostFile(from, terminal);
  if (isProblem(captured)) return captured;
  if (captured.diagnostics.length > 0) {
    await report(captured.diagnostics, { args, terminal, root: terminal.cwd }, terminal.err);
    return EXIT.findings;
  }
  const planned = await planText(args, terminal, "bash", captured.host === undefined ? [] : occupiedOf(captured.host));
  if (isProblem(planned)) return planned;
  const { compiled, text } = planned;
  const { plan } = compiled.compilation;
  if (text === undefined || plan === undefined) return EXIT.findings;
  const host = rehearsalHost(plan, captured.host, args.values.get("without") ?? []);
  if (isProblem(host)) return host;
  const without = heldBackWithout(plan, host.removed);
  const secrets = standIns(plan);
  if (args.values.has("fault"))
    return rehearseFaults(
      args,
      { script: text, state: host.state, args: scriptFlags(args), without, secrets },
      terminal,
    );
  const keep = valueOf(args, "keep");
  const folder = resolve(terminal.cwd, keep ?? "");
  const unusable = keep === undefined ? undefined : emptyFolder(folder, keep);
  if (unusable !== undefined) return unusable;
  const options = { twice: true, without, args: scriptFlags(args), secrets };
  const rehearsal = await rehearse(text, host.state, options);
  const problem = keep === undefined ? undefined : keepRehearsal(folder, text, rehearsal);
  if (problem !== undefined) return problem;
  if (!isMachineReport(args)) terminal.out.write(reportText(plan, rehearsal, args, terminal));
  return exitCode(rehearsal);
}

function reportText(plan: Plan, rehearsal: Rehearsal, args: Arguments, terminal: Terminal): string {
  const predicts = valueOf(args, "latency") !== "none";
  if (valueOf(args, "format") === "json") return rehearsalJson(plan, rehearsal, { predicts });
  const { palette } = terminal.out;
  return rehearsalReport(plan, rehearsal, { palette, predicts, verbose: args.flags.has("verbose") });
}

/** The script's own code of the first run that failed; otherwise whether the second was quiet. */
function exitCode({ first, second, passed }: Rehearsal): number {
  if (passed) return EXIT.ok;
  const failed = [first, second].find((run) => run !== undefined && run.code !== 0);
  return failed?.code ?? EXIT.findings;
}
