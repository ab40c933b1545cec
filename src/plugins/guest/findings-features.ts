import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings about what is installed in guests: PHX5001, and PHX5030 to PHX5049. */

function orElse(meant: string | undefined, otherwise: string): string {
  return meant === undefined ? otherwise : `did you mean \`${meant}\`?`;
}

function oneName(names: readonly string[]): string {
  return `${names.length > 1 ? "one of " : ""}${names.map((name) => `\`${name}\``).join(", ")}`;
}

export const featuresNotInstalled = diagnosticKind<{ features: readonly string[]; guests: readonly string[] }>({
  code: "PHX5001",
  severity: "warning",
  title: "features that phxc does not have",
  message: ({ features, guests }) =>
    `${features.join(", ")} is not installed in ${guests.join(", ")}: there is no such feature`,
  help: ({ features }) =>
    `Write it as a folder: ${features.map((name) => `features/${name}/`).join(", ")} with \`feature.json\` and \`install.sh\`.`,
});

export const unknownFeature = diagnosticKind<{ name: string; meant: string | undefined; known: readonly string[] }>({
  code: "PHX5030",
  severity: "error",
  title: "unknown feature",
  message: ({ name }) => `there is no feature \`${name}\``,
  help: ({ meant, known, name }) =>
    orElse(meant, `There are ${known.join(", ")}; your own is a folder features/${name}/.`),
});

export const unknownPrerequisite = diagnosticKind<{ name: string; requiredBy: string; meant: string | undefined }>({
  code: "PHX5031",
  severity: "error",
  title: "feature requires an unknown one",
  message: ({ name, requiredBy }) => `the feature ${requiredBy} requires \`${name}\`, and there is no such feature`,
  help: ({ meant, name, requiredBy }) =>
    orElse(meant, `Add the folder features/${name}/, or mend features/${requiredBy}/feature.json.`),
});

export const featureCycle = diagnosticKind<{ chain: readonly string[] }>({
  code: "PHX5032",
  severity: "error",
  title: "features that require each other",
  message: ({ chain }) => `features require each other: ${chain.join(" -> ")}`,
  help: "Take one of the names out of `requires` or `after` in a feature.json.",
});

export const unknownParameter = diagnosticKind<{ name: string; feature: string; meant: string | undefined }>({
  code: "PHX5033",
  severity: "error",
  title: "unknown parameter of a feature",
  message: ({ name, feature }) => `the feature ${feature} has no parameter \`${name}\``,
  help: ({ meant, feature }) => orElse(meant, `Its feature.json declares what ${feature} takes.`),
});

export const wrongParameter = diagnosticKind<{ name: string; feature: string; wanted: string }>({
  code: "PHX5034",
  severity: "error",
  title: "parameter of the wrong type",
  message: ({ name, feature, wanted }) => `\`${name}\` of the feature ${feature} wants ${wanted}`,
});

export const missingParameter = diagnosticKind<{ names: readonly string[]; feature: string; doc: string }>({
  code: "PHX5035",
  severity: "error",
  title: "missing parameter of a feature",
  message: ({ names, feature, doc }) => `the feature ${feature} needs ${oneName(names)}${doc === "" ? "" : `: ${doc}`}`,
  help: ({ names, feature }) => `Write \`feature ${feature} { ${names[0] ?? ""} = ... }\` in the guest.`,
});

export const featureForOtherSystems = diagnosticKind<{
  feature: string;
  guest: string;
  system: string;
  families: readonly string[];
}>({
  code: "PHX5036",
  severity: "error",
  title: "feature for other systems",
  message: ({ feature, guest, system, families }) =>
    `the feature ${feature} supports ${families.join(", ")}; ${guest} is of the family ${system}`,
  help: ({ feature }) =>
    `Take another image, or write features/${feature}/ for this system; it replaces the built-in one.`,
});

export const featureForOtherGuests = diagnosticKind<{ feature: string; guest: string; guests: readonly string[] }>({
  code: "PHX5037",
  severity: "error",
  title: "feature for another kind of guest",
  message: ({ feature, guest, guests }) =>
    `the feature ${feature} is for ${guests.map((kind) => (kind === "ct" ? "containers" : "virtual machines")).join(" and ")} only, and this is ${guest}`,
});

export const workWithoutAgent = diagnosticKind<{ guest: string; work: string }>({
  code: "PHX5038",
  severity: "error",
  title: "work in a machine without a guest agent",
  message: ({ guest, work }) => `${work} cannot reach ${guest}: its guest agent is not turned on`,
  help: "Write `agent = true` in the machine, and take an image that has the QEMU guest agent, or let cloud-init install it.",
});

export const scriptMissing = diagnosticKind<{ path: string }>({
  code: "PHX5039",
  severity: "error",
  title: "script that does not exist",
  message: ({ path }) => `there is no script ${path}`,
  help: "Scripts lie in the folder `scripts`, or where `scripts` in phx.config.json says.",
});

export const scriptLeftOut = diagnosticKind<{ path: string }>({
  code: "PHX5040",
  severity: "warning",
  title: "application script that is left out",
  message: ({ path }) => `there is no script ${path}: the guest is made without it`,
  help: "Copy it there, or say with `scripts` in phx.config.json where scripts lie.",
});

export const scriptForOtherShell = diagnosticKind<{ path: string; line: string }>({
  code: "PHX5041",
  severity: "error",
  title: "script of a guest for another interpreter",
  message: ({ path, line }) => `${path} begins with \`${line}\`; sh and bash can run it`,
  help: "Begin it with `#!/bin/sh` or `#!/bin/bash`; it may call other interpreters.",
});

export const featureWithoutParameter = diagnosticKind<{ feature: string; guest: string }>({
  code: "PHX5042",
  severity: "warning",
  title: "feature that is left out for want of a parameter",
  message: ({ feature, guest }) =>
    `${feature} is not installed in ${guest}: it needs parameters, for which this configuration has no field`,
  help: ({ feature }) =>
    `Take the name out and write a \`feature ${feature} { ... }\` block in a .phx file, or a folder features/${feature}/ that needs none.`,
});

export const featureFindings: readonly DiagnosticKind<never>[] = [
  featuresNotInstalled,
  unknownFeature,
  unknownPrerequisite,
  featureCycle,
  unknownParameter,
  wrongParameter,
  missingParameter,
  featureForOtherSystems,
  featureForOtherGuests,
  workWithoutAgent,
  scriptMissing,
  scriptLeftOut,
  scriptForOtherShell,
  featureWithoutParameter,
];
