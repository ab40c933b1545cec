import { resolve } from "node:path";
import { BUILT_IN_FORMATS } from "../../compile.js";
import { AGAINST_OPTION, occupiedArgument } from "../against.js";
import { EXIT, isProblem, valueOf } from "../command.js";
import type { Arguments, Command, Problem } from "../command.js";
import { planText } from "../emit.js";
import { REPORT_OPTIONS, isMachineReport, outputClash, shortPath } from "../report.js";
import { PLAN_ACTION_OPTIONS, SOURCE_OPTIONS } from "../sources.js";
import { planSummary } from "../summary.js";
import type { Terminal } from "../terminal.js";

/** `phxc plan` */
export const planCommand: Command = {
  usage: ["phxc plan [ENTRY] [TARGET...]", "phxc plan [ENTRY] --write | --check"],
  about: `Compiles an entry and shows the plan as a summary; with --out or --format it writes the plan itself.
ENTRY is a .phx file or a JSON configuration. Targets are ids or names of guests, planned with all that they need.
The script and other formats go to standard output when --format is given without --out; findings go to standard error.
--write keeps the plan as plans/HOST/plan.sh and plan.json, to be committed: the next plan reads it, and takes back what
the files no longer declare. --check tells whether the committed plan is what the files give; exit code 2 when it is not.
What the files leave to phxc (\`ip = auto\`) is kept in phxc.lock beside the entry; --write and --check take it along.
--action stop, start, restart or destroy plans just that for the guests that are named, and changes nothing else: what
stops goes before what it needs, what starts after it. A guest that a running one needs is not stopped.
--action rebuild-template plans one template anew beside the one that there is, under --as ID or the next of its
rebuild_ids; with --write the host's plan and phxc.lock take it over, and guests are made from the new one from then on.
--action snapshot takes one of the guests that are named, called --snapshot NAME; --action rollback puts them back to it.
--action health plans the checks of the guests that are named, or of all, and nothing else; its script changes nothing.`,
  options: {
    out: { takes: "value", short: "o", placeholder: "FILE", doc: "write the plan to a file" },
    format: {
      takes: "value",
      short: "f",
      placeholder: "FORMAT",
      doc: `${BUILT_IN_FORMATS.join(", ")} or a plugin's; by the file's extension, else bash`,
    },
    write: { takes: "flag", doc: "write the host's plan.sh and plan.json, both or none" },
    check: { takes: "flag", doc: "compare them with what --write would write, and write nothing" },
    ...AGAINST_OPTION,
    ...PLAN_ACTION_OPTIONS,
    ...SOURCE_OPTIONS,
    ...REPORT_OPTIONS,
  },
  examples: [
    ["phxc plan fleet.phx", "what would be done"],
    ["phxc plan fleet.phx --out plan.sh", "the script that does it"],
    ["phxc plan fleet.phx docker-1 9000 --format markdown", "two guests, for a pull request"],
    ["phxc plan fleet.phx --write", "the committed plan, which the next one follows"],
    ["phxc plan fleet.phx --check", "for a job that runs on every change"],
    ["phxc plan fleet.phx --write --against pve1.json", "draw no address that a guest of that host has"],
    ["phxc plan fleet.phx web --action stop --with-dependents", "web, and what needs it, and nothing else"],
    ["phxc plan fleet.phx noble --action rebuild-template --write", "a new template, for the guests to come"],
    ["phxc plan fleet.phx --set cores=8 --params site.json", "with other values of params"],
  ],
  run,
};

const EXTENSIONS: Readonly<Record<string, string>> = {
  json: "json",
  md: "markdown",
  dot: "dot",
  gv: "dot",
  mmd: "mermaid",
};

async function run(args: Arguments, terminal: Terminal): Promise<number | Problem> {
  if (args.flags.has("write") || args.flags.has("check")) {
    return (await import("../commit.js")).commitPlan(args, terminal);
  }
  const out = valueOf(args, "out");
  const format = valueOf(args, "format") ?? formatOf(out);
  const isPiped = out === undefined || out === "-";
  const clash = outputClash(args, isPiped && format !== undefined);
  if (clash !== undefined) return clash;
  const occupied = await occupiedArgument(args, terminal);
  if (typeof occupied === "number" || isProblem(occupied)) return occupied;
  const planned = await planText(args, terminal, format, occupied);
  if (isProblem(planned)) return planned;
  const { compiled, text } = planned;
  const { plan } = compiled.compilation;
  if (text === undefined || plan === undefined) return EXIT.findings;
  if (isPiped) {
    if (format !== undefined) terminal.out.write(text);
    else if (!isMachineReport(args)) terminal.out.write(planSummary(plan, terminal.out.palette));
    return EXIT.ok;
  }
  const { writeOut } = await import("../deliver.js");
  const problem = writeOut(out, text, terminal, { executable: format === "bash" });
  if (problem !== undefined) return problem;
  if (isMachineReport(args)) return EXIT.ok;
  terminal.out.write(planSummary(plan, terminal.out.palette));
  terminal.out.write(`written to ${shortPath(terminal.cwd, resolve(terminal.cwd, out))}\n`);
  return EXIT.ok;
}

/** Undefined: no text was asked for, only the summary. */
function formatOf(out: string | undefined): string | undefined {
  if (out === undefined) return undefined;
  return EXTENSIONS[/\.([a-z]+)$/.exec(out)?.[1] ?? ""] ?? "bash";
}
