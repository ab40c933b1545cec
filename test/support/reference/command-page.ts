import type { Command, OptionDeclaration } from "../../../src/cli/command.js";
import { COMMANDS } from "../../../src/cli/commands.js";
import { code, grid } from "./text.js";

/** The page of a command, from its declaration. */
export function commandPage(name: string, summary: string, command: Command): string {
  const options = Object.entries(command.options).map(([option, spec]) => [
    label(option, spec),
    spec.choices === undefined ? "" : spec.choices.map(code).join(", "),
    `${spec.doc}${spec.takes === "values" ? "; may be repeated" : ""}`,
  ]);
  return [
    `# ${code(`phxc ${name}`)}`,
    `${summary[0]?.toUpperCase() ?? ""}${summary.slice(1)}.`,
    `\`\`\`text\n${command.usage.join("\n")}\n\`\`\``,
    escaped(command.about),
    "## Options",
    grid([["option", "one of", "what it does"], ...options, ["`--help`", "", "shows this in the terminal"]]),
    "## Examples",
    grid([["command", "what it is for"], ...command.examples.map(([line, what]) => [code(line), what])]),
    "The codes that it ends with are on [a page of their own](exit-codes.md).",
  ]
    .join("\n\n")
    .concat("\n");
}

function label(name: string, { short, takes, placeholder = "VALUE" }: OptionDeclaration): string {
  const long = `--${name}${takes === "flag" ? "" : ` ${placeholder}`}`;
  return `${short === undefined ? "" : `${code(`-${short}`)}, `}${code(long)}`;
}

/** A text for the terminal says `--option` and NAME without marks, which Markdown takes as it is; lines stay. */
function escaped(text: string): string {
  return text.replaceAll("*", "\\*");
}

/** The table of all commands. */
export function commandTable(): string {
  return grid([
    ["command", "what it does"],
    ...COMMANDS.map(({ name, summary }) => [`[${code(`phxc ${name}`)}](phxc-${name}.md)`, summary]),
  ]);
}
