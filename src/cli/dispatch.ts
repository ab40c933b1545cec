import { didYouMean, suggestion } from "../diagnostics/did-you-mean.js";
import { visible, visibleLines } from "../text/visible.js";
import { version } from "../version.generated.js";
import { readArguments } from "./arguments.js";
import { EXIT, isProblem } from "./command.js";
import type { Command, Problem } from "./command.js";
import { COMMANDS } from "./commands.js";
import { OutputFailure } from "./terminal.js";
import type { Terminal } from "./terminal.js";

/** Of sysexits.h: a mistake in the program itself. */
const EXIT_BUG = 70;

/** Runs a command line and resolves with its exit code. An exception is a bug of phxc, and is said to be one. */
export async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await answer(argv, terminal);
  } catch (error) {
    if (error instanceof OutputFailure) return unwritable(error, terminal);
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    terminal.err.write(
      `phxc ${version} has failed; this is a mistake in phxc, not in your files\n${visibleLines(trace)}\n`,
    );
    return EXIT_BUG;
  }
}

/** What was asked for has not arrived, which a program that only looks at the exit code must learn. */
async function unwritable(failure: OutputFailure, terminal: Terminal): Promise<number> {
  const { writeFailure } = await import("./deliver.js");
  try {
    sayProblem({ problem: `cannot write to ${failure.stream}: ${writeFailure(failure.cause)}` }, terminal);
  } catch (error) {
    if (!(error instanceof OutputFailure)) throw error;
  }
  return EXIT.usage;
}

async function answer(argv: readonly string[], terminal: Terminal): Promise<number> {
  const result = await run(argv, terminal);
  if (!isProblem(result)) return result;
  sayProblem(result, terminal);
  return EXIT.usage;
}

function sayProblem({ problem, hint }: Problem, terminal: Terminal): void {
  terminal.err.write(`${terminal.err.palette.error("phxc:")} ${visible(problem)}\n`);
  if (hint !== undefined) terminal.err.write(`  ${visible(hint)}\n`);
}

async function run(argv: readonly string[], terminal: Terminal): Promise<number | Problem> {
  const [first, ...rest] = argv;
  if (first === "--version" || first === "-V") return say(terminal, `phxc ${version}\n`);
  if (first === undefined) {
    terminal.err.write(await overviewText());
    return EXIT.usage;
  }
  if (first === "--help" || first === "-h" || (first === "help" && rest.length === 0)) {
    return say(terminal, await overviewText());
  }
  const name = first === "help" ? (rest[0] ?? "") : first;
  const entry = COMMANDS.find((command) => command.name === name);
  if (entry === undefined) return unknownCommand(name);
  const command = await entry.load();
  const wantsHelp = first === "help" || helpWanted(rest);
  return wantsHelp ? say(terminal, await helpText(command)) : call(command, name, rest, terminal);
}

async function call(
  command: Command,
  name: string,
  argv: readonly string[],
  terminal: Terminal,
): Promise<number | Problem> {
  const hint = `\`phxc ${name} --help\` tells how it is called`;
  const args = readArguments(argv, command.options);
  if (isProblem(args)) return { hint, ...args };
  const extra = args.positionals[command.maxPositionals ?? args.positionals.length];
  if (extra !== undefined) return { problem: `\`${extra}\` is one argument too many`, hint };
  return command.run(args, terminal);
}

function unknownCommand(name: string): Problem {
  const meant = didYouMean(
    name,
    COMMANDS.map((command) => command.name),
  );
  const isFile = /\.(phx|json)$/.test(name);
  const hint = isFile ? `to plan that file: phxc plan ${name}` : "`phxc --help` lists the commands";
  return { problem: `there is no command \`${name}\`${suggestion(meant)}`, hint };
}

function helpWanted(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  const options = end === -1 ? argv : argv.slice(0, end);
  return options.includes("--help") || options.includes("-h");
}

async function overviewText(): Promise<string> {
  return (await import("./help.js")).overview();
}

async function helpText(command: Command): Promise<string> {
  return (await import("./help.js")).commandHelp(command);
}

function say(terminal: Terminal, text: string): number {
  terminal.out.write(text);
  return EXIT.ok;
}
