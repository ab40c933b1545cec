import { resolve } from "node:path";
import { hasErrors } from "../../diagnostics/summary.js";
import { openProject, whatIsAt } from "../../host/project.js";
import { pluginCode, setTrust, trustFile, trustOf } from "../../host/trust.js";
import { visible } from "../../text/visible.js";
import { EXIT } from "../command.js";
import type { Arguments, Command, Problem } from "../command.js";
import { writeFailure } from "../deliver.js";
import { REPORT_OPTIONS, report } from "../report.js";
import type { Terminal } from "../terminal.js";

/** `phxc trust` */
export const trustCommand: Command = {
  usage: ["phxc trust [FOLDER]", "phxc trust --show [FOLDER]", "phxc trust --remove [FOLDER]"],
  about: `Plugins that phx.config.json names run with your rights, so phxc loads them only when you have trusted them.
Trust holds for the state that the files are in; when one of them changes, phxc asks for it again.
It is kept outside the project, in phxc/trust.json of your configuration folder.`,
  options: {
    show: { takes: "flag", doc: "list the files and whether they are trusted; change nothing" },
    remove: { takes: "flag", doc: "no longer trust this project" },
    ...REPORT_OPTIONS,
  },
  examples: [
    ["phxc trust --show", "what there is to read first"],
    ["phxc trust", "trust it"],
  ],
  maxPositionals: 1,
  run,
};

async function run(args: Arguments, terminal: Terminal): Promise<number | Problem> {
  const folder = args.positionals[0] ?? ".";
  if (whatIsAt(resolve(terminal.cwd, folder)) !== "folder") return { problem: `${folder} is not a folder` };
  const { root, config } = await openProject(resolve(terminal.cwd, folder));
  if (hasErrors(config.diagnostics)) {
    await report(config.diagnostics, { args, terminal, root }, terminal.err);
    return EXIT.findings;
  }
  if (config.value.plugins.length === 0) return { problem: `the project ${root} names no plugins in phx.config.json` };
  const path = trustFile(terminal.env);
  const code = pluginCode(root, config.value);
  terminal.out.write(`plugins: ${config.value.plugins.map((plugin) => visible(plugin.text)).join(", ")}\n`);
  for (const file of code.files) terminal.out.write(`  ${visible(file)}\n`);
  if (!args.flags.has("show")) {
    const problem = change(path, root, args.flags.has("remove") ? undefined : code.digest);
    if (problem !== undefined) return problem;
  }
  terminal.out.write(`${WORDS[trustOf(path, root, code.digest)]}\n`);
  return EXIT.ok;
}

const WORDS = {
  trusted: "trusted in this state",
  changed: "changed since they were trusted",
  untrusted: "not trusted",
} as const;

function change(path: string, root: string, digest: string | undefined): Problem | undefined {
  try {
    setTrust(path, root, digest);
    return undefined;
  } catch (error) {
    return { problem: `cannot write ${path}: ${writeFailure(error)}` };
  }
}
