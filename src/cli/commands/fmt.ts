import { isUtf8 } from "node:buffer";
import { resolve } from "node:path";
import { hasErrors } from "../../diagnostics/summary.js";
import { readText } from "../../host/files.js";
import { sourcesBelow, whatIsAt } from "../../host/project.js";
import { parse } from "../../parser/index.js";
import { print } from "../../syntax/printer.js";
import { describeFailure } from "../../text/files.js";
import { sourceFile } from "../../text/source.js";
import type { SourceFile } from "../../text/source.js";
import { EXIT, isProblem } from "../command.js";
import type { Arguments, Command, Problem } from "../command.js";
import { writeOut } from "../deliver.js";
import { report, shortPath } from "../report.js";
import type { Terminal } from "../terminal.js";

/** `phxc fmt` */
export const fmtCommand: Command = {
  usage: ["phxc fmt [PATH...]", "phxc fmt -"],
  about: `Writes .phx files in their canonical form; comments stay, the meaning never changes.
Folders stand for all .phx files below them; without PATH it is the current folder. Files with syntax errors are left alone.`,
  options: { check: { takes: "flag", doc: "write nothing; name the files that are not canonical and exit with 1" } },
  examples: [
    ["phxc fmt", "all files below this folder"],
    ["phxc fmt --check", "for a continuous integration"],
    ["phxc fmt - < fleet.phx", "as a filter, for editors"],
  ],
  run,
};

async function run(args: Arguments, terminal: Terminal): Promise<number | Problem> {
  if (args.positionals.includes("-")) {
    if (args.positionals.length > 1) return { problem: "`-` stands for standard input and cannot be mixed with files" };
    return formatInput(args, terminal);
  }
  const files = expand(args.positionals.length === 0 ? ["."] : args.positionals, terminal.cwd);
  if (isProblem(files)) return files;
  if (files.length === 0) return { problem: "there are no .phx files here" };
  let code: number = EXIT.ok;
  for (const file of files) {
    const outcome = await formatFile(file, args, terminal);
    if (isProblem(outcome)) return outcome;
    code = Math.max(code, outcome);
  }
  return code;
}

async function formatInput(args: Arguments, terminal: Terminal): Promise<number | Problem> {
  const input = await terminal.readInput();
  if (!isUtf8(input) || input.includes(0)) return { problem: "standard input is not UTF-8 text" };
  const file = sourceFile("stdin", input.toString("utf8"));
  const text = await canonical(file, args, terminal);
  if (text === undefined) return EXIT.findings;
  if (args.flags.has("check")) return text === file.text ? EXIT.ok : EXIT.findings;
  terminal.out.write(text);
  return EXIT.ok;
}

async function formatFile(path: string, args: Arguments, terminal: Terminal): Promise<number | Problem> {
  const read = readText(resolve(terminal.cwd, path));
  if (!read.ok) return { problem: `cannot read ${path}: ${describeFailure(read.reason)}` };
  const text = await canonical(sourceFile(path, read.text), args, terminal);
  if (text === undefined) return EXIT.findings;
  if (text === read.text) return EXIT.ok;
  terminal.out.write(`${path}\n`);
  if (args.flags.has("check")) return EXIT.findings;
  return writeOut(path, text, terminal, { executable: false }) ?? EXIT.ok;
}

/** The canonical text; undefined when the file has errors, which are reported. */
async function canonical(file: SourceFile, args: Arguments, terminal: Terminal): Promise<string | undefined> {
  const { value, diagnostics } = parse(file);
  if (!hasErrors(diagnostics)) return print(value);
  await report(diagnostics, { args, terminal, root: terminal.cwd }, terminal.err);
  return undefined;
}

function expand(paths: readonly string[], cwd: string): readonly string[] | Problem {
  const files: string[] = [];
  for (const path of paths) {
    const full = resolve(cwd, path);
    const found = whatIsAt(full);
    if (found === undefined) return { problem: `cannot read ${path}: no such file` };
    if (found === "folder") files.push(...sourcesBelow(full).map((file) => shortPath(cwd, file)));
    else if (path.endsWith(".phx")) files.push(path);
    else return { problem: `${path} is not a .phx file` };
  }
  return files;
}
