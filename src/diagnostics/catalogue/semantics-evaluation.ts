import { diagnosticKind } from "../diagnostic.js";
import { suggestion } from "../did-you-mean.js";

/** Findings about files, params, names and expressions: PHX3001 to PHX3039. */

export const importFailed = diagnosticKind<{ path: string; problem: string }>({
  code: "PHX3001",
  severity: "error",
  title: "an import cannot be read",
  message: ({ path, problem }) => `cannot import \`${path}\`: ${problem}`,
  help: "the path is relative to the file that imports it; a folder imports all its *.phx files",
});

export const importOutside = diagnosticKind<{ path: string }>({
  code: "PHX3002",
  severity: "error",
  title: "a path leaves the project",
  message: ({ path }) => `\`${path}\` lies outside the project`,
  help: "files are named relative to the file that names them, and stay inside the project folder",
});

export const importCycle = diagnosticKind<{ chain: readonly string[] }>({
  code: "PHX3003",
  severity: "error",
  title: "files import each other",
  message: ({ chain }) => `this import closes a cycle: ${chain.join(" -> ")}`,
  help: "move what both files need into a third one that both import",
});

export const paramUnset = diagnosticKind<{ name: string }>({
  code: "PHX3005",
  severity: "error",
  title: "a param has no value",
  message: ({ name }) => `param \`${name}\` has no default and nothing sets it`,
  help: ({ name }) =>
    `set it with \`--set ${name}=VALUE\` or PHX_PARAM_${name}, or give it a default: \`param ${name} = ...\``,
});

export const unknownParamType = diagnosticKind<{ name: string; suggested: string | undefined }>({
  code: "PHX3006",
  severity: "error",
  title: "an unknown type of a param",
  message: ({ name, suggested }) => `\`${name}\` is not a type of params${suggestion(suggested)}`,
  help: "the types are string, int, bool, size, duration, ip, cidr, list(T) and map(T)",
});

export const paramValue = diagnosticKind<{
  name: string;
  expected: string;
  found: string;
  origin?: string | undefined;
}>({
  code: "PHX3007",
  severity: "error",
  title: "the value of a param does not fit its type",
  message: ({ name, expected, found, origin }) =>
    `param \`${name}\` takes ${expected}, not ${found}${origin === undefined ? "" : ` (from ${origin})`}`,
});

export const unknownParam = diagnosticKind<{ name: string; origin: string; suggested: string | undefined }>({
  code: "PHX3008",
  severity: "error",
  title: "a value for a param that does not exist",
  message: ({ name, origin, suggested }) =>
    `${origin} sets \`${name}\`, but no file declares that param${suggestion(suggested)}`,
  help: ({ name }) => `declare it at file level: \`param ${name}: string\``,
});

export const duplicateVariable = diagnosticKind<{ name: string }>({
  code: "PHX3009",
  severity: "error",
  title: "two params, lets or loop variables of one name",
  message: ({ name }) => `\`${name}\` is declared already`,
  help: "names of params and lets at file level hold in all files; rename one of them",
});

export const valueCycle = diagnosticKind<{ chain: readonly string[] }>({
  code: "PHX3011",
  severity: "error",
  title: "a value depends on itself",
  message: ({ chain }) => `this value depends on itself: ${chain.join(" -> ")}`,
});

export const unknownName = diagnosticKind<{ name: string; suggested: string | undefined }>({
  code: "PHX3012",
  severity: "error",
  title: "an unknown name in an expression",
  message: ({ name, suggested }) => `nothing is called \`${name}\` here${suggestion(suggested)}`,
  help: "an expression takes params, lets, loop variables and `guest.attribute`; text stands in quotes",
});

export const gluedName = diagnosticKind<{ name: string; spaced: string }>({
  code: "PHX3013",
  severity: "error",
  title: "an operator without spaces around it",
  message: ({ name, spaced }) => `\`${name}\` is one name; write \`${spaced}\``,
  help: "names may hold `-` and `/`, so these operators need spaces on both sides",
});

export const ambiguousWord = diagnosticKind<{ name: string; variable: string; other: string }>({
  code: "PHX3014",
  severity: "error",
  title: "a word that means two things",
  message: ({ name, variable, other }) => `\`${name}\` could be ${variable} or ${other}`,
  help: ({ name }) => `write \`(${name})\` for the variable or \`"${name}"\` for the other`,
});

export const operandTypes = diagnosticKind<{ operator: string; operands: string; allowed: string }>({
  code: "PHX3015",
  severity: "error",
  title: "an operator with operands that it does not take",
  message: ({ operator, operands, allowed }) => `\`${operator}\` does not take ${operands}; it takes ${allowed}`,
});

export const arithmetic = diagnosticKind<{ problem: string }>({
  code: "PHX3016",
  severity: "error",
  title: "a calculation without a usable result",
  message: ({ problem }) => problem,
});

export const notIterable = diagnosticKind<{ found: string; names: number }>({
  code: "PHX3017",
  severity: "error",
  title: "a loop over something that has no elements",
  message: ({ found, names }) =>
    `\`for\` with ${names === 1 ? "one name takes a list or a range" : "two names takes a map or a list"}, not ${found}`,
});

export const tooManyIterations = diagnosticKind<{ limit: string }>({
  code: "PHX3018",
  severity: "error",
  title: "loops that never seem to end",
  message: ({ limit }) => `the loops of these files run more than ${limit} times; this one was stopped`,
});

export const conditionType = diagnosticKind<{ where: string; found: string }>({
  code: "PHX3019",
  severity: "error",
  title: "a condition that is neither true nor false",
  message: ({ where, found }) => `${where} takes true or false, not ${found}`,
});

export const assertionFailed = diagnosticKind<{ message: string }>({
  code: "PHX3020",
  severity: "error",
  title: "an assertion of the files does not hold",
  message: ({ message }) => message,
});

export const unknownFunction = diagnosticKind<{ name: string; suggested: string | undefined }>({
  code: "PHX3021",
  severity: "error",
  title: "an unknown function",
  message: ({ name, suggested }) => `there is no function \`${name}\`${suggestion(suggested)}`,
  help: "the functions are file, env, pad, join, fill, lower, cidrhost, sha256, has and secret",
});

export const functionArguments = diagnosticKind<{ usage: string; problem: string }>({
  code: "PHX3022",
  severity: "error",
  title: "a function called with the wrong arguments",
  message: ({ usage, problem }) => `\`${usage}\`: ${problem}`,
});

export const fileUnreadable = diagnosticKind<{ path: string; problem: string }>({
  code: "PHX3023",
  severity: "error",
  title: "file() cannot read its file",
  message: ({ path, problem }) => `cannot read \`${path}\`: ${problem}`,
  help: "the path is relative to the file that calls file(), and stays inside the project",
});

export const environmentUnset = diagnosticKind<{ name: string }>({
  code: "PHX3024",
  severity: "error",
  title: "env() names a variable that is not set",
  message: ({ name }) => `the environment variable \`${name}\` is not set`,
  help: ({ name }) => `set it, or give a default: \`env("${name}", "...")\``,
});

export const unknownMember = diagnosticKind<{ object: string; member: string; suggested: string | undefined }>({
  code: "PHX3025",
  severity: "error",
  title: "a dotted name that leads nowhere",
  message: ({ object, member, suggested }) => `${object} has no \`${member}\`${suggestion(suggested)}`,
});

export const badIndex = diagnosticKind<{ problem: string }>({
  code: "PHX3026",
  severity: "error",
  title: "an index that leads nowhere",
  message: ({ problem }) => problem,
});

export const notText = diagnosticKind<{ found: string }>({
  code: "PHX3027",
  severity: "error",
  title: "a value that cannot become part of a string",
  message: ({ found }) => `a string cannot hold ${found}`,
  help: "interpolate numbers, words, addresses and strings; join() turns a list into a string",
});

export const notYetKnown = diagnosticKind<{ what: string }>({
  code: "PHX3028",
  severity: "error",
  title: "a value that is not known yet",
  message: ({ what }) => `${what} is not known here: which blocks exist cannot depend on what blocks say`,
  help: "loops, conditions and names of blocks at file level take params, lets and literals",
});

export const tooLarge = diagnosticKind<{ what: string; limit: string }>({
  code: "PHX3029",
  severity: "error",
  title: "a value that grows without bounds",
  message: ({ what, limit }) => `${what} is larger than ${limit}`,
});

/** PHX3001 to PHX3039. */
export const evaluationDiagnostics = [
  importFailed,
  importOutside,
  importCycle,
  paramUnset,
  unknownParamType,
  paramValue,
  unknownParam,
  duplicateVariable,
  valueCycle,
  unknownName,
  gluedName,
  ambiguousWord,
  operandTypes,
  arithmetic,
  notIterable,
  tooManyIterations,
  conditionType,
  assertionFailed,
  unknownFunction,
  functionArguments,
  fileUnreadable,
  environmentUnset,
  unknownMember,
  badIndex,
  notText,
  notYetKnown,
  tooLarge,
] as const;
