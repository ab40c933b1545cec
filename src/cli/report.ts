import { join, relative } from "node:path";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { renderText } from "../diagnostics/render-text.js";
import { countFindings, summaryLine } from "../diagnostics/summary.js";
import { version } from "../version.generated.js";
import type { Arguments, OptionDeclarations, Problem } from "./command.js";
import { valueOf } from "./command.js";
import type { Output, Terminal } from "./terminal.js";

/** Options of every command that reports findings. */
export const REPORT_OPTIONS: OptionDeclarations = {
  quiet: { takes: "flag", short: "q", doc: "leave out notes" },
  findings: {
    takes: "value",
    placeholder: "FORM",
    choices: ["text", "json", "sarif"],
    doc: "how findings are written; all but text as a whole to standard output",
  },
};

/** For commands whose only output is findings: `--format` says their form as well. */
export const FORMAT_OPTION: OptionDeclarations = {
  format: {
    takes: "value",
    short: "f",
    placeholder: "FORM",
    choices: ["text", "json", "sarif"],
    doc: "the same as --findings",
  },
};

/** What findings about the command line's own words give as their file. */
const WORDS_OF_THE_USER = "command line";

/** What a report needs to know besides its findings. */
export interface ReportContext {
  readonly args: Arguments;
  readonly terminal: Terminal;
  /** The folder that the findings' paths are relative to. */
  readonly root: string;
}

/** Whether findings are meant for a program, so that nothing else belongs on standard output. */
export function isMachineReport(args: Arguments): boolean {
  return (valueOf(args, "findings") ?? "text") !== "text";
}

/** The arguments with `--format` read as `--findings`, which wins where both are given. */
export function withFormat(args: Arguments): Arguments {
  const formats = args.values.get("format");
  return formats === undefined ? args : { ...args, values: new Map([["findings", formats], ...args.values]) };
}

/** The mistake of sending both findings and a plan to standard output. */
export function outputClash(args: Arguments, isPlanToOutput: boolean): Problem | undefined {
  if (!isPlanToOutput || !isMachineReport(args)) return undefined;
  const problem = "findings for programs and the plan cannot both go to standard output";
  return { problem, hint: "name a file with --out" };
}

/** Writes findings in the form that was asked for; text goes to `output` and ends in a summary line. */
export async function report(
  diagnostics: readonly Diagnostic[],
  context: ReportContext,
  output: Output,
): Promise<void> {
  const { args, terminal, root } = context;
  switch (valueOf(args, "findings")) {
    case "json": {
      const { renderJson } = await import("../diagnostics/render-json.js");
      terminal.out.write(renderJson(diagnostics));
      return;
    }
    case "sarif": {
      const { renderSarif } = await import("../diagnostics/render-sarif.js");
      const { findingKinds } = await import("../compile/catalogue.js");
      const titles = new Map(findingKinds().map((kind) => [kind.code, kind.title]));
      terminal.out.write(renderSarif(diagnostics, { version, title: (code) => titles.get(code) }));
      return;
    }
    default: {
      const quiet = args.flags.has("quiet");
      const short = new Map([[WORDS_OF_THE_USER, WORDS_OF_THE_USER]]);
      const path = (name: string): string => {
        const known = short.get(name) ?? shortPath(terminal.cwd, join(root, name));
        short.set(name, known);
        return known;
      };
      output.write(renderText(diagnostics, { palette: output.palette, path, quiet }));
      output.write(totals(diagnostics, quiet, output));
    }
  }
}

/** A path as short as it can be said from the current folder. */
export function shortPath(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short.startsWith("../../../") ? path : short;
}

function totals(diagnostics: readonly Diagnostic[], quiet: boolean, output: Output): string {
  const counts = countFindings(diagnostics);
  const line = summaryLine(counts);
  const { error, warning, good } = output.palette;
  const paint = counts.error > 0 ? error : counts.warning > 0 ? warning : good;
  const shown = counts.error + counts.warning + (quiet ? 0 : counts.note);
  return `${shown > 0 ? "\n" : ""}${paint(line)}\n`;
}
