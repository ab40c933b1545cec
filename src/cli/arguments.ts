import { parseArgs } from "node:util";
import { didYouMean, suggestion } from "../diagnostics/did-you-mean.js";
import type { Arguments, OptionDeclaration, OptionDeclarations, Problem } from "./command.js";

/** Reads a command's arguments; the first thing that is wrong is the answer. */
export function readArguments(argv: readonly string[], options: OptionDeclarations): Arguments | Problem {
  const { tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(Object.entries(options).map(([name, option]) => [name, nodeOption(option)])),
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const flags = new Set<string>();
  const values = new Map<string, readonly string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value);
    if (token.kind !== "option") continue;
    const { name, rawName, value } = token;
    const wrong = checkOption(rawName, Object.hasOwn(options, name) ? options[name] : undefined, token, options);
    if (wrong !== undefined) return { problem: wrong };
    if (value === undefined) flags.add(name);
    else values.set(name, [...(values.get(name) ?? []), value]);
  }
  return { flags, values, positionals };
}

interface Given {
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function checkOption(
  rawName: string,
  option: OptionDeclaration | undefined,
  given: Given,
  options: OptionDeclarations,
): string | undefined {
  if (option === undefined) {
    const meant = didYouMean(rawName.replace(/^-+/, ""), Object.keys(options));
    return `there is no option \`${rawName}\`${suggestion(meant === undefined ? undefined : `--${meant}`)}`;
  }
  const { value } = given;
  if (option.takes === "flag") return value === undefined ? undefined : `\`${rawName}\` takes no value`;
  const isNext = given.inlineValue === false && value !== undefined && value.length > 1 && value.startsWith("-");
  if (value === undefined || isNext) return `\`${rawName}\` wants a value: ${option.placeholder ?? "VALUE"}`;
  if (option.choices === undefined || option.choices.includes(value)) return undefined;
  return `\`${rawName}\` takes ${option.choices.join(", ")}, not \`${value}\`${suggestion(didYouMean(value, option.choices))}`;
}

function nodeOption(option: OptionDeclaration): { type: "boolean" | "string"; multiple: boolean; short?: string } {
  return {
    type: option.takes === "flag" ? "boolean" : "string",
    multiple: true,
    ...(option.short === undefined ? {} : { short: option.short }),
  };
}
