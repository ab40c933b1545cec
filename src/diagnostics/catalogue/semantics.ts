import { evaluationDiagnostics } from "./semantics-evaluation.js";
import { layerDiagnostics } from "./semantics-layers.js";
import { structureDiagnostics } from "./semantics-structure.js";
import { typeDiagnostics } from "./semantics-types.js";

export * from "./semantics-evaluation.js";
export * from "./semantics-layers.js";
export * from "./semantics-structure.js";
export * from "./semantics-types.js";

/** All findings of the checker: PHX3001 to PHX3119. */
export const semanticsDiagnostics = [
  ...evaluationDiagnostics,
  ...typeDiagnostics,
  ...structureDiagnostics,
  ...layerDiagnostics,
] as const;
