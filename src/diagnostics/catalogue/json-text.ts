import { type DiagnosticKind, diagnosticKind } from "../diagnostic.js";
import { suggestion } from "../did-you-mean.js";

/** Findings of the JSON front end about the text of the files, their shape, and what becomes of each field. */

// The text: PHX2001 to PHX2009

export const jsonSyntax = diagnosticKind<{ readonly what: string }>({
  code: "PHX2001",
  severity: "error",
  title: "not valid JSON",
  message: ({ what }) => what,
});

export const jsonComment = diagnosticKind({
  code: "PHX2002",
  severity: "error",
  title: "comment in JSON",
  message: () => "JSON has no comments",
  help: "remove it; .phx files have comments",
});

export const jsonTrailingComma = diagnosticKind({
  code: "PHX2003",
  severity: "error",
  title: "trailing comma in JSON",
  message: () => "no comma may stand before a closing bracket",
});

export const jsonDuplicateKey = diagnosticKind<{ readonly name: string }>({
  code: "PHX2004",
  severity: "error",
  title: "name given twice in one object",
  message: ({ name }) => `\`${name}\` is given twice in one object`,
  help: "remove one of the two; other programs read only the last one",
});

export const jsonTooDeep = diagnosticKind<{ readonly limit: number }>({
  code: "PHX2005",
  severity: "error",
  title: "nested too deeply",
  message: ({ limit }) => `more than ${limit} brackets are open here; this is not a configuration`,
});

export const jsonNotAnObject = diagnosticKind({
  code: "PHX2006",
  severity: "error",
  title: "not a JSON object",
  message: () => "a configuration file is one JSON object: `{ ... }`",
});

export const jsonCannotRead = diagnosticKind<{ readonly path: string; readonly beside: string }>({
  code: "PHX2007",
  severity: "error",
  title: "file cannot be read",
  message: ({ path, beside }) =>
    path === beside ? `cannot read \`${path}\`` : `cannot read \`${path}\`, nor \`${beside}\` in its place`,
  help: "correct the path, or put a file of that name beside this one",
});

export const jsonNoManifest = diagnosticKind<{ readonly stack: string; readonly path: string }>({
  code: "PHX2008",
  severity: "warning",
  title: "stack without manifest",
  message: ({ stack, path }) => `the stack \`${stack}\` has no \`${path}\`: no firewall rules come from it`,
});

export const jsonNoEnvironment = diagnosticKind<{ readonly stack: string; readonly environment: string }>({
  code: "PHX2009",
  severity: "warning",
  title: "stack without environment",
  message: ({ stack, environment }) =>
    `the manifest of the stack \`${stack}\` has no environment \`${environment}\`: no firewall rules come from it`,
});

// The shape: PHX2010 to PHX2019

export const jsonUnknownField = diagnosticKind<{ readonly name: string; readonly suggestion: string | undefined }>({
  code: "PHX2010",
  severity: "error",
  title: "unknown field",
  message: (args) => `no field is called \`${args.name}\` here${suggestion(args.suggestion)}`,
  help: "remove it, or correct its name",
});

export const jsonWrongType = diagnosticKind<{
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}>({
  code: "PHX2011",
  severity: "error",
  title: "value of another form",
  message: ({ field, expected, found }) => `\`${field}\` must be ${expected}, and this is ${found}`,
});

export const jsonMissingField = diagnosticKind<{ readonly field: string; readonly owner: string }>({
  code: "PHX2012",
  severity: "error",
  title: "required field is missing",
  message: ({ field, owner }) => `${owner} has no \`${field}\`, which is required`,
});

export const jsonNotAGuestId = diagnosticKind<{ readonly key: string }>({
  code: "PHX2013",
  severity: "error",
  title: "not the id of a guest",
  message: ({ key }) => `\`${key}\` is not the id of a container: a whole number from 100 up`,
});

export const jsonNoSource = diagnosticKind<{ readonly guest: string; readonly fields: string }>({
  code: "PHX2014",
  severity: "error",
  title: "guest from nothing",
  message: ({ guest, fields }) => `${guest} has neither ${fields}: there is nothing to make it from`,
});

// What becomes of a field: PHX2020 to PHX2029

export const jsonForeignField = diagnosticKind<{
  readonly field: string;
  readonly count: string;
  readonly system: string;
}>({
  code: "PHX2020",
  severity: "note",
  title: "field of another system",
  message: ({ field, count, system }) => `\`${field}\`${count}: ${system}'s own setting; phxc does not manage it`,
});

export const jsonLaterField = diagnosticKind<{
  readonly field: string;
  readonly count: string;
  readonly advice: string;
}>({
  code: "PHX2021",
  severity: "note",
  title: "field that is not compiled",
  message: ({ field, count }) => `\`${field}\`${count} is not compiled in this version`,
  help: ({ advice }) => advice,
});

export const jsonInfoField = diagnosticKind<{ readonly field: string; readonly count: string }>({
  code: "PHX2022",
  severity: "note",
  title: "field about the file",
  message: ({ field, count }) => `\`${field}\`${count} describes the file; nothing in the plan follows from it`,
});

export const jsonIdleField = diagnosticKind<{
  readonly field: string;
  readonly count: string;
  readonly advice: string;
}>({
  code: "PHX2023",
  severity: "note",
  title: "field without an effect",
  message: ({ field, count }) => `\`${field}\`${count} has no effect, and nothing is missing without it`,
  help: ({ advice }) => advice,
});

/** All of the above. */
export const jsonTextDiagnostics: readonly DiagnosticKind<never>[] = [
  jsonSyntax,
  jsonComment,
  jsonTrailingComma,
  jsonDuplicateKey,
  jsonTooDeep,
  jsonNotAnObject,
  jsonCannotRead,
  jsonNoManifest,
  jsonNoEnvironment,
  jsonUnknownField,
  jsonWrongType,
  jsonMissingField,
  jsonNotAGuestId,
  jsonNoSource,
  jsonForeignField,
  jsonLaterField,
  jsonInfoField,
  jsonIdleField,
];
