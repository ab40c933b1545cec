import type { DiagnosticKind } from "../diagnostic.js";
import { cliDiagnostics } from "./cli.js";
import { featureDiagnostics } from "./features.js";
import { jsonDiagnostics } from "./json.js";
import { lockDiagnostics } from "./planner-lock.js";
import { memoryDiagnostics } from "./planner-memory.js";
import { plannerDiagnostics } from "./planner.js";
import { semanticsDiagnostics } from "./semantics.js";
import { syntaxDiagnostics } from "./syntax.js";

/** All findings of the compiler itself; those of plugins come with the plugins. */
export const coreDiagnostics: readonly DiagnosticKind<never>[] = [
  ...syntaxDiagnostics,
  ...jsonDiagnostics,
  ...featureDiagnostics,
  ...semanticsDiagnostics,
  ...plannerDiagnostics,
  ...memoryDiagnostics,
  ...lockDiagnostics,
  ...cliDiagnostics,
];
