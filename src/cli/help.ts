import type { Command, OptionDeclaration } from "./command.js";
import { COMMANDS } from "./commands.js";

/** The overview that `phxc --help` prints. */
export function overview(): string {
  return [
    "phxc compiles declarations of Proxmox guests into a script that converges a host.",
    "",
    "usage: phxc COMMAND [ARGUMENT...]",
    "",
    "commands:",
    ...table(COMMANDS.map(({ name, summary }) => [name, summary])),
    "",
    "examples:",
    ...table([
      ["phxc plan main.phx", "what would be done"],
      ["phxc plan main.phx --out plan.sh", "the script that does it"],
      ["phxc apply plan.sh --host root@pve1", "check it on the host, ask, run it"],
    ]),
    "",
    "`phxc COMMAND --help` tells more. `phxc --version` prints the version.",
    "exit codes: 0 done, 1 errors were found, 2 wrong usage or an unreadable file;",
    "apply and rehearse pass on the script's own.",
    "",
  ].join("\n");
}

/** What `phxc COMMAND --help` prints. */
export function commandHelp(command: Command): string {
  const usage = command.usage.map((line, i) => `${i === 0 ? "usage:" : "      "} ${line}`);
  return [
    ...usage,
    "",
    command.about,
    "",
    "options:",
    ...table([
      ...Object.entries(command.options).map(([name, option]): Row => [optionLabel(name, option), optionDoc(option)]),
      ["    --help", "this text"],
    ]),
    "",
    "examples:",
    ...table(command.examples),
    "",
  ].join("\n");
}

type Row = readonly [string, string];

function optionLabel(name: string, option: OptionDeclaration): string {
  const short = option.short === undefined ? "    " : `-${option.short}, `;
  return `${short}--${name}${option.takes === "flag" ? "" : ` ${option.placeholder ?? "VALUE"}`}`;
}

function optionDoc(option: OptionDeclaration): string {
  const choices = option.choices === undefined ? "" : ` (${option.choices.join(", ")})`;
  return `${option.doc}${choices}${option.takes === "values" ? "; may be repeated" : ""}`;
}

function table(rows: readonly Row[]): readonly string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
