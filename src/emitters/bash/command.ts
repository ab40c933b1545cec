import type { Argv } from "../../model/plan.js";
import { ShellWord } from "./shell-word.js";

const value = (text: string): ShellWord => ShellWord.value(text);
const bare = (text: string | number): ShellWord => ShellWord.bare(String(text));

/** A call that ends with the literal command of the step. */
export function acting(verb: string, args: readonly ShellWord[], argv: Argv): string {
  const [head, rest] = splitCommand(argv);
  return ShellWord.call(verb, [...args, head], rest);
}

/** Options whose values are the reader's business stand on lines of their own; the words before them on the first. */
function splitCommand(argv: Argv): [ShellWord, ShellWord[]] {
  const words = argv.map((word, index) => argvWord(word, index));
  const first = argv.findIndex((word, index) => index > 0 && isOption(word));
  if (first === -1 || argv.length - first <= 2) return [ShellWord.join(words), []];
  const lines: ShellWord[] = [];
  for (let i = first; i < words.length;) {
    const word = argv[i] ?? "";
    const next = argv[i + 1];
    const take = isOption(word) && next !== undefined && !isOption(next) ? 2 : 1;
    lines.push(ShellWord.join(words.slice(i, i + take)));
    i += take;
  }
  return [ShellWord.join(words.slice(0, first)), lines];
}

function isOption(word: string): boolean {
  return /^--?[a-zA-Z][a-z0-9_-]*$/.test(word);
}

/** Programs, subcommands, options and ids are ours and stand bare; everything else is quoted. */
export function argvWord(word: string, index: number): ShellWord {
  const ours =
    index === 0 || isOption(word) || (index <= 2 && /^[a-z][a-z-]*$/.test(word)) || (index <= 3 && /^\d+$/.test(word));
  return ours && /^[A-Za-z0-9_./-]+$/.test(word) ? bare(word) : value(word);
}
