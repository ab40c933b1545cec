import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings about hosts: PHX5601 to PHX5699. */

export const plansFolderUnused = diagnosticKind<{ host: string }>({
  code: "PHX5601",
  severity: "note",
  title: "folder for plans",
  message: ({ host }) => `this version writes no plan of host ${host} into its \`plans\` folder by itself`,
  help: "Name the file with `--out`.",
});

export const hostFindings: readonly DiagnosticKind<never>[] = [plansFolderUnused];
