import { hasErrors } from "../../diagnostics/summary.js";
import { EXIT, isProblem } from "../command.js";
import type { Arguments, Command, Problem } from "../command.js";
import { FORMAT_OPTION, REPORT_OPTIONS, report, withFormat } from "../report.js";
import { SOURCE_OPTIONS, compileArguments } from "../sources.js";
import type { Terminal } from "../terminal.js";

/** `phxc check` */
export const checkCommand: Command = {
  usage: ["phxc check [ENTRY]"],
  about: `Reports every finding of an entry and of all that it imports, planning included.
Without ENTRY: what phx.config.json names, else main.phx or the only .phx file of the folder.`,
  options: { ...SOURCE_OPTIONS, ...REPORT_OPTIONS, ...FORMAT_OPTION },
  examples: [
    ["phxc check", "the project of this folder"],
    ["phxc check fleet.phx --quiet", "without notes"],
    ["phxc check fleet.phx --format sarif > findings.sarif", "for a code host"],
  ],
  maxPositionals: 1,
  run,
};

async function run(given: Arguments, terminal: Terminal): Promise<number | Problem> {
  const args = withFormat(given);
  const compiled = await compileArguments(args, terminal, { upTo: "plans" });
  if (isProblem(compiled)) return compiled;
  const { compilation, project } = compiled;
  await report(compilation.diagnostics, { args, terminal, root: project.root }, terminal.out);
  return hasErrors(compilation.diagnostics) ? EXIT.findings : EXIT.ok;
}
