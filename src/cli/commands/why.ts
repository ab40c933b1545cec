import { join } from "node:path";
import type { Explainable, Explanation } from "../../compile/why/index.js";
import { explain } from "../../compile/why/index.js";
import { hasErrors } from "../../diagnostics/summary.js";
import { EXIT, isProblem, valueOf } from "../command.js";
import type { Arguments, Command, Problem } from "../command.js";
import { report, shortPath } from "../report.js";
import { compileArguments, SOURCE_OPTIONS } from "../sources.js";
import type { Compiled } from "../sources.js";
import type { Terminal } from "../terminal.js";
import { whyText } from "../why-text.js";

/** What the data form calls itself, and its version: raised when a reader of it would have to change. */
const FORMAT = { format: "phxc-why", version: 1 } as const;

/** `phxc why` */
export const whyCommand: Command = {
  usage: ["phxc why [ENTRY] WHAT..."],
  about: `Says where a value comes from and what of the plan follows from it: every profile and file that says something
of it, the one that counts marked, and the steps that would be others without it, with the parts of their commands.
WHAT is an attribute (801.memory, docker-1.net.lan.ip, tank/files.quota), a block (801.net.lan) or a whole guest (801),
by its id or name, with the kind before it where that is needed (ct.801).`,
  options: {
    format: {
      takes: "value",
      short: "f",
      placeholder: "FORMAT",
      choices: ["text", "json"],
      doc: "text, or data for a program",
    },
    ...SOURCE_OPTIONS,
  },
  examples: [
    ["phxc why 801.memory", "who says so, and which command it becomes"],
    ["phxc why fleet.phx docker-1.net.lan", "a block, with all that is in it"],
    ["phxc why fleet.phx docker-1 --format json", "all that the files say of a guest"],
  ],
  run,
};

async function run(args: Arguments, terminal: Terminal): Promise<number | Problem> {
  const compiled = await compileArguments(args, terminal, { upTo: "plan", areNames: true });
  if (isProblem(compiled)) return compiled;
  const { compilation, project, targets } = compiled;
  const { model, diagnostics } = compilation;
  if (model !== undefined && targets.length === 0) {
    return { problem: "nothing is named to be explained", hint: "for example: phxc why 801.memory" };
  }
  const isBroken = hasErrors(diagnostics);
  if (isBroken) {
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    await report(errors, { args, terminal, root: project.root }, terminal.err);
  }
  if (model === undefined) return EXIT.findings;
  const found = explanations(compiled, { ...compilation, model, kinds: compilation.registry.kinds });
  if (isProblem(found)) return found;
  if (valueOf(args, "format") === "json") {
    terminal.out.write(`${JSON.stringify({ ...FORMAT, explanations: found }, null, 2)}\n`);
  } else {
    const path = (file: string): string => shortPath(terminal.cwd, join(project.root, file));
    terminal.out.write(found.map((one) => whyText(one, { path, palette: terminal.out.palette })).join("\n"));
  }
  return isBroken ? EXIT.findings : EXIT.ok;
}

function explanations({ targets }: Compiled, compilation: Explainable): readonly Explanation[] | Problem {
  const found: Explanation[] = [];
  for (const words of targets) {
    const one = explain(words, compilation);
    if ("problem" in one) return one;
    found.push(one);
  }
  return found;
}
