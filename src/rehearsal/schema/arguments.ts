import { Refusal } from "../host/refusal.js";
import type { CommandSpec } from "./commands.js";
import { checkValue, type ParameterError, parseBoolean } from "../../pve/check.js";
import { type Options, specOf } from "../../pve/spec.js";
import { compareText } from "../../text/order.js";

/** The arguments of a command, checked. */
export interface Arguments {
  readonly spec: CommandSpec;
  /** By name, in the order given; booleans as 1 and 0. */
  readonly values: ReadonlyMap<string, string>;
  /** What follows the positional arguments, for commands that pass it on. */
  readonly rest: readonly string[];
  /** Options without an argument that ask for it on stdin. */
  readonly prompts: readonly string[];
}

/** The line that Proxmox appends to a refused call. */
export function usageLine(spec: CommandSpec): string {
  const words = spec.positional.map((name, i) =>
    i >= (spec.needed ?? spec.positional.length) ? `[<${name}>]` : `<${name}>`,
  );
  const options = Object.keys(spec.options).some((name) => !spec.positional.includes(name)) ? " [OPTIONS]" : "";
  const rest = spec.rest === true ? " [<extra-args>]" : "";
  return `${[spec.usage, ...words].join(" ")}${spec.positional.length === 0 ? " " : ""}${rest}${options}\n`;
}

/** A refusal of parameters, in Proxmox's words; 2 when the call itself is wrong, 255 when its doing refuses. */
export function parameterRefusal(spec: CommandSpec, errors: readonly ParameterError[], code: number): Refusal {
  const sorted = [...errors].sort((a, b) => compareText(a.name, b.name));
  const lines = sorted.map((error) => `${error.name}: ${error.message}\n`).join("");
  return new Refusal(`400 Parameter verification failed.\n${lines}${usageLine(spec)}`, code);
}

/** Reads the arguments of a command as Proxmox's own reader does. Throws a {@link Refusal} with its words. */
export function readArguments(spec: CommandSpec, argv: readonly string[]): Arguments {
  const { values, words, prompts, rest } = splitArguments(spec, argv);
  if (words.length > spec.positional.length && spec.rest !== true) throw called("400 too many arguments\n", spec);
  spec.positional.forEach((name, i) => {
    const word = words[i];
    if (word !== undefined) values.set(name, word);
    else if (i < (spec.needed ?? spec.positional.length)) throw called("400 not enough arguments\n", spec);
  });
  const errors = [...values].flatMap(([name, value]) => checkOption(spec.options, name, value));
  // A time zone is looked up in the file system, and what that leaves behind becomes the exit code.
  if (errors.length > 0) throw parameterRefusal(spec, errors, errors[0]?.name === "timezone" ? 255 : 2);
  return { spec, values, rest: [...words.slice(spec.positional.length), ...rest], prompts };
}

function called(message: string, spec: CommandSpec): Refusal {
  return new Refusal(`${message}${usageLine(spec)}`, 2);
}

interface Split {
  readonly values: Map<string, string>;
  readonly words: string[];
  readonly prompts: string[];
  readonly rest: readonly string[];
}

function splitArguments(spec: CommandSpec, argv: readonly string[]): Split {
  const result = { values: new Map<string, string>(), words: [] as string[], prompts: [] as string[] };
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? "";
    if (word === "--") return { ...result, rest: argv.slice(i + 1) };
    const passesOn = spec.rest === true && result.words.length >= spec.positional.length;
    if (word === "-" || !word.startsWith("-") || (passesOn && result.words.length > spec.positional.length)) {
      result.words.push(word);
      continue;
    }
    i += readOption(spec, result, word, argv[i + 1]);
  }
  return { ...result, rest: [] };
}

/** Reads one option; returns how many further arguments it took. */
function readOption(spec: CommandSpec, result: Omit<Split, "rest">, word: string, next: string | undefined): number {
  const [, name = "", inline] = /^--?([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
  const option = spec.positional.includes(name) ? undefined : specOf(spec.options, name);
  if (option === undefined) throw called(`Unknown option: ${name}\n400 unable to parse option\n`, spec);
  const optional = option.type === "boolean" || option.prompts === true;
  const takesNext = inline === undefined && next !== undefined && !(optional && /^-./.test(next));
  const value = inline ?? (takesNext ? next : undefined);
  if (option.type === "boolean") result.values.set(name, booleanValue(spec, value));
  else if (value === undefined && option.prompts === true) result.prompts.push(name);
  else if (value === undefined || inline === "")
    throw called(`Option ${name} requires an argument\n400 unable to parse option\n`, spec);
  else result.values.set(name, value);
  return takesNext ? 1 : 0;
}

function booleanValue(spec: CommandSpec, value: string | undefined): string {
  if (value === undefined || value === "") return "1";
  const parsed = parseBoolean(value);
  if (parsed === undefined) throw called("400 unable to parse boolean option\n", spec);
  return parsed;
}

/** Files are named where values are meant: their text is checked after it is read. */
const namesFile = new Set(["sshkeys", "ssh-public-keys"]);

function checkOption(options: Options, name: string, value: string): readonly ParameterError[] {
  const option = specOf(options, name);
  return option === undefined || namesFile.has(name) ? [] : checkValue(name, option, value);
}
