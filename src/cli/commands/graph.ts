import { EXIT, isProblem, valueOf } from "../command.js";
import type { Arguments, Command, Problem } from "../command.js";
import { writeOut } from "../deliver.js";
import { emitText } from "../emit.js";
import { REPORT_OPTIONS, outputClash, report } from "../report.js";
import { SOURCE_OPTIONS, compileArguments } from "../sources.js";
import type { Terminal } from "../terminal.js";

/** `phxc graph` */
export const graphCommand: Command = {
  usage: ["phxc graph [ENTRY] [TARGET...]"],
  about: "Draws which resources need which, as text for Graphviz or Mermaid.",
  options: {
    format: { takes: "value", short: "f", placeholder: "FORMAT", choices: ["dot", "mermaid"], doc: "default: dot" },
    out: { takes: "value", short: "o", placeholder: "FILE", doc: "write it to a file" },
    ...SOURCE_OPTIONS,
    ...REPORT_OPTIONS,
  },
  examples: [
    ["phxc graph fleet.phx | dot -Tsvg > fleet.svg", "a picture of everything"],
    ["phxc graph fleet.phx docker-1 --format mermaid", "one guest and what it needs"],
  ],
  run,
};

async function run(args: Arguments, terminal: Terminal): Promise<number | Problem> {
  const out = valueOf(args, "out") ?? "-";
  const clash = outputClash(args, out === "-");
  if (clash !== undefined) return clash;
  const compiled = await compileArguments(args, terminal, "plan");
  if (isProblem(compiled)) return compiled;
  const text = await emitText(compiled, valueOf(args, "format") ?? "dot");
  if (isProblem(text)) return text;
  await report(text.diagnostics, { args, terminal, root: compiled.project.root }, terminal.err);
  if (text.value === undefined) return EXIT.findings;
  if (out !== "-") return writeOut(out, text.value, terminal, { executable: false }) ?? EXIT.ok;
  terminal.out.write(text.value);
  return EXIT.ok;
}
