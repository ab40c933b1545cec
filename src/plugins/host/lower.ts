import { settingOf, stringOf } from "../../plugin-api/index.js";
import type { LowerContext, Lowered, Resource } from "../../plugin-api/index.js";
import { hostParts } from "./parts.js";

/** The steps of all parts of the host, one part after the other; the release that it declares is required. */
export function lowerHost(host: Resource, context: LowerContext): Lowered {
  const minimum = stringOf(host, "version");
  const source = settingOf(host, "version")?.span ?? host.headSpan;
  const parts = hostParts.flatMap(({ lower }) => lower?.(host, context) ?? []);
  const release = minimum === undefined ? [] : [{ kind: "version", minimum, blocks: [], source } as const];
  return {
    steps: parts.flatMap(({ steps }) => steps),
    requirements: [...release, ...parts.flatMap(({ requirements }) => requirements)],
    diagnostics: parts.flatMap(({ diagnostics = [] }) => diagnostics),
  };
}
