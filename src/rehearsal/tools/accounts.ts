import type { Command } from "../host/command.js";
import { readHostFile, writeHostFile } from "../host/machine.js";
import { refuse } from "../host/refusal.js";
import { readFlags } from "./flags.js";

const LONG = new Set(["--system", "--no-create-home"]);

/** `useradd --system --no-create-home --shell SHELL NAME`: the next free number below 1000, with a group of its own. */
export function useradd(command: Command, argv: readonly string[]): void {
  const at = argv.indexOf("--shell");
  const shell = at < 0 ? "/bin/sh" : (argv[at + 1] ?? "");
  const rest = argv.filter((word, i) => !LONG.has(word) && (at < 0 || (i !== at && i !== at + 1)));
  const { words } = readFlags("useradd", rest, "", "");
  const [name = "", ...more] = words;
  if (more.length > 0 || !/^[a-z_][a-z0-9_-]*$/.test(name)) refuse(`useradd: invalid user name '${name}'`, 3);
  const text = readHostFile(command.machine, "/etc/passwd") ?? "root:x:0:0:root:/root:/bin/bash\n";
  if (text.split("\n").some((line) => line.startsWith(`${name}:`))) refuse(`useradd: user '${name}' already exists`, 9);
  const taken = text.split("\n").map((line) => Number(line.split(":")[2]));
  let number = 999;
  while (taken.includes(number)) number--;
  writeHostFile(command.machine, "/etc/passwd", `${text}${name}:x:${number}:${number}::/home/${name}:${shell}\n`);
  const groups = readHostFile(command.machine, "/etc/group") ?? "root:x:0:\n";
  writeHostFile(command.machine, "/etc/group", `${groups}${name}:x:${number}:\n`);
}
