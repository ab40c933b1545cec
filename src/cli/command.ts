import type { Terminal } from "./terminal.js";

/** One option of a command. */
export interface OptionDeclaration {
  /** `flag` takes no value, `value` one (the last counts), `values` may be repeated. */
  readonly takes: "flag" | "value" | "values";
  /** The word that stands for the value in the help text. */
  readonly placeholder?: string;
  /** One letter. */
  readonly short?: string;
  /** The only values that it takes. */
  readonly choices?: readonly string[];
  readonly doc: string;
}

/** Options by their long names. */
export type OptionDeclarations = Readonly<Record<string, OptionDeclaration>>;

/** What was given on the command line, checked against the declarations. */
export interface Arguments {
  readonly flags: ReadonlySet<string>;
  /** Every value of each option, in order. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly positionals: readonly string[];
}

/** A command of phxc: what its help says, and what it does. */
export interface Command {
  /** Lines such as `phxc plan [entry] [target...]`. */
  readonly usage: readonly string[];
  /** A paragraph or two, wrapped by hand. */
  readonly about: string;
  readonly options: OptionDeclarations;
  /** A command line and what it is for. */
  readonly examples: readonly (readonly [string, string])[];
  /** How many positionals it takes at most; without it any number. */
  readonly maxPositionals?: number;
  /** Resolves with the exit code, or with what is wrong with how it was called. */
  readonly run: (args: Arguments, terminal: Terminal) => Promise<number | Problem>;
}

/** A mistake in calling phxc, or a file that cannot be used: one line, exit code 2. */
export interface Problem {
  readonly problem: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** Whether something went wrong in the sense of {@link Problem}. */
export function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "problem" in value;
}

/** The last value of an option. */
export function valueOf(args: Arguments, name: string): string | undefined {
  return args.values.get(name)?.at(-1);
}

/** Exit codes of phxc itself. */
export const EXIT = { ok: 0, findings: 1, usage: 2 } as const;
