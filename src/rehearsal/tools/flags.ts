import { refuse } from "../host/refusal.js";

/** Short options of a tool that is not Proxmox's. */
export interface Flags {
  readonly flags: ReadonlySet<string>;
  /** Options with a value, in order. */
  readonly values: readonly (readonly [string, string])[];
  readonly words: readonly string[];
}

/** Reads short options: letters of `plain` stand alone and may be joined, letters of `valued` take a value. */
export function readFlags(tool: string, argv: readonly string[], plain: string, valued: string): Flags {
  const flags = new Set<string>();
  const values: (readonly [string, string])[] = [];
  const words: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? "";
    if (word === "--") return { flags, values, words: [...words, ...argv.slice(i + 1)] };
    if (!/^-./.test(word)) {
      words.push(word);
      continue;
    }
    for (let k = 1; k < word.length; k++) {
      const letter = word.charAt(k);
      if (plain.includes(letter)) flags.add(letter);
      else if (valued.includes(letter)) {
        const inline = word.slice(k + 1);
        if (inline === "") i++;
        values.push([
          letter,
          inline === "" ? (argv[i] ?? refuse(`missing argument for '${letter}' option`, 2)) : inline,
        ]);
        break;
      } else refuse(`simulated host: unknown option -${letter} of ${tool}`, 127);
    }
  }
  return { flags, values, words };
}

/** Reads long options, each with whether it takes a value; one that is not known is refused as the simulated host's gap. */
export function readLongOptions(
  tool: string,
  argv: readonly string[],
  known: Readonly<Record<string, boolean>>,
): { readonly options: ReadonlyMap<string, string>; readonly words: readonly string[] } {
  const options = new Map<string, string>();
  const words: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? "";
    if (!word.startsWith("--")) words.push(word);
    else if (!Object.hasOwn(known, word)) refuse(`simulated host: unknown option ${word} of ${tool}`, 127);
    else
      options.set(word, known[word] === true ? (argv[++i] ?? refuse(`option '${word}' requires an argument`, 2)) : "1");
  }
  return { options, words };
}
