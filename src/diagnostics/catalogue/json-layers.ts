import { type DiagnosticKind, diagnosticKind } from "../diagnostic.js";
import { suggestion } from "../did-you-mean.js";

/** Findings about `conf.d`, the modular form of the JSON configuration: PHX2100 to PHX2119. */

export const jsonStrayLayer = diagnosticKind<{ readonly path: string; readonly form: string }>({
  code: "PHX2100",
  severity: "warning",
  title: "file or folder of conf.d that nothing reads",
  message: ({ path }) => `nothing reads \`${path}\``,
  help: ({ form }) => form,
});

export const jsonLayerId = diagnosticKind<{ readonly path: string; readonly named: number; readonly id: string }>({
  code: "PHX2101",
  severity: "error",
  title: "guest's file with another id inside",
  message: ({ path, named, id }) => `this is guest ${id}, and the file's name \`${path}\` says ${named}`,
  help: "the name of the file says the id; leave it out inside, or give the file the other name",
});

export const jsonUnknownProfile = diagnosticKind<{
  readonly name: string;
  readonly path: string;
  readonly suggestion: string | undefined;
}>({
  code: "PHX2102",
  severity: "error",
  title: "unknown profile",
  message: (args) => `there is no profile \`${args.name}\`${suggestion(args.suggestion)}`,
  help: ({ path }) => `a profile is a file: \`${path}\``,
});

export const jsonProfileCycle = diagnosticKind<{ readonly chain: readonly string[] }>({
  code: "PHX2103",
  severity: "error",
  title: "profile that includes itself",
  message: ({ chain }) => `this profile includes itself: ${chain.join(" -> ")}`,
  help: "remove one of these from the `profiles` of its file",
});

export const jsonProfileUnused = diagnosticKind<{ readonly name: string }>({
  code: "PHX2104",
  severity: "note",
  title: "profile that no guest has",
  message: ({ name }) => `no guest has the profile \`${name}\`; its fields are not checked`,
});

export const jsonAppendsToOther = diagnosticKind<{ readonly name: string; readonly isOwn: boolean }>({
  code: "PHX2105",
  severity: "error",
  title: "appending where there is no list",
  message: ({ name, isOwn }) =>
    isOwn
      ? `\`${name}+\` takes a list, and this is none`
      : `\`${name}+\` appends to a list, and \`${name}\` is none below`,
  help: ({ name }) => `write \`"${name}": ...\` to replace what is below`,
});

export const jsonBothForms = diagnosticKind<{ readonly name: string; readonly append: string }>({
  code: "PHX2106",
  severity: "error",
  title: "list that is replaced and appended to in one file",
  message: ({ name, append }) => `one file says both \`${name}\` and \`${append}\``,
  help: "put all elements into one of them",
});

/** All of the above. */
export const jsonLayerDiagnostics: readonly DiagnosticKind<never>[] = [
  jsonStrayLayer,
  jsonLayerId,
  jsonUnknownProfile,
  jsonProfileCycle,
  jsonProfileUnused,
  jsonAppendsToOther,
  jsonBothForms,
];
