import { findingKinds } from "../../compile/catalogue.js";
import type { AnyDiagnosticKind } from "../../compile/catalogue.js";
import { didYouMean, suggestion } from "../../diagnostics/did-you-mean.js";
import { packageFile } from "../../host/package.js";
import { openProject } from "../../host/project.js";
import { visible, visibleLines } from "../../text/visible.js";
import { EXIT } from "../command.js";
import type { Arguments, Command, Problem } from "../command.js";
import { renderPage } from "../page.js";
import { pluginsOf } from "../sources.js";
import type { Terminal } from "../terminal.js";

/** `phxc explain` */
export const explainCommand: Command = {
  usage: ["phxc explain CODE", "phxc explain"],
  about:
    "Tells what a finding means, with an example that has it and one that does not. Without CODE it lists all of them.",
  options: { "trust-plugins": { takes: "flag", doc: "look among the project's plugins without `phxc trust`" } },
  examples: [
    ["phxc explain PHX3001", "one finding"],
    ["phxc explain 3001", "the same"],
    ["phxc explain | grep address", "look for one"],
  ],
  maxPositionals: 1,
  run,
};

async function run(args: Arguments, terminal: Terminal): Promise<number | Problem> {
  const [wanted] = args.positionals;
  const kinds = findingKinds();
  if (wanted === undefined) {
    terminal.out.write(kinds.map((kind) => `${kind.code}  ${kind.severity.padEnd(7)}  ${kind.title}\n`).join(""));
    return EXIT.ok;
  }
  const code = /^\d{4}$/.test(wanted) ? `PHX${wanted}` : wanted.toUpperCase();
  const kind = kinds.find((known) => known.code === code);
  const page = kind === undefined ? undefined : packageFile(`docs/diagnostics/${code}.md`);
  if (page !== undefined) {
    terminal.out.write(renderPage(page, terminal.out.palette));
    return EXIT.ok;
  }
  const found = kind ?? (await kindOfPlugin(code, args, terminal));
  if (found === undefined) {
    const meant = didYouMean(
      code,
      kinds.map((known) => known.code),
    );
    return { problem: `there is no finding ${code}${suggestion(meant)}`, hint: "`phxc explain` lists all findings" };
  }
  terminal.out.write(withoutPage(found));
  return EXIT.ok;
}

/** Findings of a project's plugins have no pages; their declarations say what there is to say. */
async function kindOfPlugin(code: string, args: Arguments, terminal: Terminal): Promise<AnyDiagnosticKind | undefined> {
  const project = await openProject(terminal.cwd);
  const { value: plugins } = await pluginsOf(project, args, terminal);
  return plugins.flatMap(({ plugin }) => plugin.diagnostics ?? []).find((kind) => kind.code === code);
}

function withoutPage(kind: AnyDiagnosticKind): string {
  const help = typeof kind.help === "string" ? `\n${visibleLines(kind.help)}\n` : "";
  return `${visible(kind.code)}: ${visible(kind.title)}\n\nSeverity: ${kind.severity}\n${help}`;
}
