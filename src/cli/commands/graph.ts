import { EXIT, isProblem, valueOf } from "../command.js";
import type { Arguments, Command, Problem } from "../command.js";
import { writeOut } from "../deliver.js";
import { planText } from "../emit.js";
import { REPORT_OPTIONS, outputClash } from "../report.js";
import { SOURCE_OPTIONS } from "../sources.js";
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
  const planned = await planText(args, terminal, valueOf(args, "format") ?? "dot");
  if (isProblem(planned)) return planned;
  const { text } = planned;
  if (text === undefined) return EXIT.findings;
  if (out !== "-") return writeOut(out, text, terminal, { executable: false }) ?? EXIT.ok;
  terminal.out.write(text);
  return EXIT.ok;
}
