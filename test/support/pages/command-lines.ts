import { COMMANDS } from "../../../src/cli/commands.js";
import { readArguments } from "../../../src/cli/arguments.js";
import { isProblem } from "../../../src/cli/command.js";

/** What is wrong with a command line of phxc, judged by its declarations without running it. */
export async function misuse(line: string): Promise<string | undefined> {
  const [, name = "", ...rest] = wordsOf(line);
  if (name === "help" || name === "--help" || name === "--version") return undefined;
  const entry = COMMANDS.find((command) => command.name === name);
  if (entry === undefined) return `there is no command ${name}`;
  const { options, maxPositionals = rest.length } = await entry.load();
  const args = readArguments(
    rest.filter((word) => word !== "--help"),
    options,
  );
  if (isProblem(args)) return args.problem;
  return args.positionals.length > maxPositionals ? `${name} takes ${maxPositionals} words` : undefined;
}

/** The words of one simple command, without what the shell does with its output. */
function wordsOf(line: string): readonly string[] {
  const simple = line.replace(/\s+#.*$/, "").split(/\s(?:[|>]|\|\||&&|2>)/)[0] ?? "";
  return [...simple.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? "",
  );
}
