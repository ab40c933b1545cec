import type { Occupied } from "../model/drawn.js";
import { EXIT, isProblem, valueOf } from "./command.js";
import type { Arguments, OptionDeclarations, Problem } from "./command.js";
import { report } from "./report.js";
import type { Terminal } from "./terminal.js";

/** The option of commands that draw apart from what a host has. */
export const AGAINST_OPTION: OptionDeclarations = {
  against: {
    takes: "value",
    placeholder: "STATE",
    doc: "give no guest what another one of this captured host, or the host itself, has (`phxc capture`)",
  },
};

/** What guests of the host have that `--against` names; a number is the exit code of a file that cannot be used. */
export async function occupiedArgument(
  args: Arguments,
  terminal: Terminal,
): Promise<readonly Occupied[] | number | Problem> {
  const written = valueOf(args, "against");
  if (written === undefined) return [];
  const [{ readHostFile }, { occupiedOf }] = await Promise.all([
    import("./rehearsal-host.js"),
    import("../rehearsal/index.js"),
  ]);
  const read = readHostFile(written, terminal);
  if (isProblem(read)) return read;
  if (read.host !== undefined) return occupiedOf(read.host);
  await report(read.diagnostics, { args, terminal, root: terminal.cwd }, terminal.err);
  return EXIT.findings;
}
