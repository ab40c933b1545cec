import { diagnosticKind } from "../diagnostic.js";
import { suggestion } from "../did-you-mean.js";

/** Findings about values that do not fit their attribute: PHX3040 to PHX3059. `name` is the attribute or argument. */

export const wrongType = diagnosticKind<{ name: string; expected: string; found: string }>({
  code: "PHX3040",
  severity: "error",
  title: "a value of another type",
  message: ({ name, expected, found }) => `\`${name}\` takes ${expected}, not ${found}`,
});

export const outOfRange = diagnosticKind<{ name: string; found: string; bounds: string }>({
  code: "PHX3041",
  severity: "error",
  title: "a number outside its range",
  message: ({ name, found, bounds }) => `\`${name}\` is ${found}; it must be ${bounds}`,
});

export const notAChoice = diagnosticKind<{
  name: string;
  found: string;
  values: readonly string[];
  suggested: string | undefined;
}>({
  code: "PHX3042",
  severity: "error",
  title: "a word that is not one of the choices",
  message: ({ name, found, suggested }) => `\`${name}\` cannot be \`${found}\`${suggestion(suggested)}`,
  help: ({ values }) => `the choices are ${values.join(", ")}`,
});

export const missingUnit = diagnosticKind<{
  name: string;
  found: string;
  examples: string;
  type: "size" | "duration";
}>({
  code: "PHX3043",
  severity: "error",
  title: "a number without its unit",
  message: ({ name, found, examples }) => `\`${name}\` needs a unit: ${found} could mean ${examples}`,
  help: ({ type }) =>
    type === "size" ? "the units are K, M, G, T and KiB to TiB, all binary" : "the units are ms, s, m, h and d",
});

export const notAMultiple = diagnosticKind<{ name: string; found: string; step: string }>({
  code: "PHX3044",
  severity: "error",
  title: "a value that is not a whole number of its unit",
  message: ({ name, found, step }) => `\`${name}\` is ${found}, which is not a multiple of ${step}`,
});

export const badText = diagnosticKind<{ name: string; problem: string }>({
  code: "PHX3045",
  severity: "error",
  title: "text of a form that is not accepted",
  message: ({ name, problem }) => `\`${name}\` ${problem}`,
});

export const badAddress = diagnosticKind<{ name: string; found: string; expected: string; hint?: string | undefined }>({
  code: "PHX3046",
  severity: "error",
  title: "text that is not the address it should be",
  message: ({ name, found, expected, hint }) =>
    `\`${name}\` takes ${expected}, and \`${found}\` is none${hint === undefined ? "" : `; ${hint}`}`,
});

export const absentNotAllowed = diagnosticKind<{ name: string }>({
  code: "PHX3047",
  severity: "error",
  title: "absent where nothing can be removed",
  message: ({ name }) => `\`${name}\` cannot be absent`,
  help: "leave the attribute out: what no file declares is not managed",
});

export const secretElsewhere = diagnosticKind<{ name: string }>({
  code: "PHX3048",
  severity: "error",
  title: "a secret where none is taken",
  message: ({ name }) => `${name} takes no secret()`,
  help: "secret() is the whole value of an attribute that takes secrets; anything else would show it",
});

export const literalSecret = diagnosticKind<{ name: string }>({
  code: "PHX3049",
  severity: "error",
  title: "a secret in clear text",
  message: ({ name }) => `\`${name}\` is a secret and must not stand in a file`,
  help: 'write secret("env:NAME"), secret("file:/root/.name") or secret("cmd:..."), and change the secret: it has been in a file',
});

export const secretSource = diagnosticKind<{ problem: string }>({
  code: "PHX3050",
  severity: "error",
  title: "secret() without a usable source",
  message: ({ problem }) => `secret() ${problem}`,
  help: 'the sources are "env:NAME", "file:/absolute/path" and "cmd:command"',
});

export const repeatedElement = diagnosticKind<{ name: string; found: string }>({
  code: "PHX3051",
  severity: "error",
  title: "an element that a list holds twice",
  message: ({ name, found }) => `\`${name}\` holds ${found} twice`,
});

export const appendToOther = diagnosticKind<{ name: string; found: string }>({
  code: "PHX3052",
  severity: "error",
  title: "+= on something that is not a list",
  message: ({ name, found }) => `\`+=\` extends lists, and \`${name}\` ${found}`,
  help: "write `=` to replace the value",
});

export const rangeOrder = diagnosticKind<{ name: string; first: string; last: string }>({
  code: "PHX3053",
  severity: "error",
  title: "a range that ends before it begins",
  message: ({ name, first, last }) => `\`${name}\` runs from ${first} down to ${last}`,
  help: "write the lower end first",
});

export const repeatedKey = diagnosticKind<{ name: string }>({
  code: "PHX3054",
  severity: "error",
  title: "a key that a map holds twice",
  message: ({ name }) => `the key \`${name}\` is there twice`,
});

/** PHX3040 to PHX3059. */
export const typeDiagnostics = [
  wrongType,
  outOfRange,
  notAChoice,
  missingUnit,
  notAMultiple,
  badText,
  badAddress,
  absentNotAllowed,
  secretElsewhere,
  literalSecret,
  secretSource,
  repeatedElement,
  appendToOther,
  rangeOrder,
  repeatedKey,
] as const;
