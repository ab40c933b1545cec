import { diagnosticKind } from "../diagnostic.js";
import type { DiagnosticKind } from "../diagnostic.js";
import { suggestion } from "../did-you-mean.js";

/** Findings about the folders of features: PHX2070 to PHX2079. */

export const featureUnknownKey = diagnosticKind<{ name: string; where: string; meant: string | undefined }>({
  code: "PHX2070",
  severity: "error",
  title: "unknown key in feature.json",
  message: ({ name, where, meant }) => `${where} has no key \`${name}\`${suggestion(meant)}`,
  help: "docs/features.md lists the keys of a feature and of its parameters.",
});

export const featureWrongValue = diagnosticKind<{ name: string; wanted: string }>({
  code: "PHX2071",
  severity: "error",
  title: "wrong value in feature.json",
  message: ({ name, wanted }) => `\`${name}\` wants ${wanted}`,
});

export const featureWithoutFile = diagnosticKind<{ feature: string; file: string; reason: string }>({
  code: "PHX2072",
  severity: "error",
  title: "feature without one of its files",
  message: ({ feature, file, reason }) => `the feature ${feature} cannot be used: ${file}: ${reason}`,
  help: "A feature is a folder with `feature.json`, which declares it, and `install.sh`, which installs it.",
});

export const featureShell = diagnosticKind<{ feature: string; line: string }>({
  code: "PHX2073",
  severity: "error",
  title: "script for another interpreter",
  message: ({ feature, line }) => `the script of ${feature} begins with \`${line}\`; sh and bash can run it`,
  help: "Begin it with `#!/bin/sh` or `#!/bin/bash`; it may call other interpreters.",
});

export const featureDiagnostics: readonly DiagnosticKind<never>[] = [
  featureUnknownKey,
  featureWrongValue,
  featureWithoutFile,
  featureShell,
];
