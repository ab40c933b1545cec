import { diagnose, settingOf, stringOf } from "../../plugin-api/index.js";
import type { Lowered, Resource } from "../../plugin-api/index.js";
import { plansFolderUnused } from "./findings.js";

/** A host makes no steps; the release that it declares is required. */
export function lowerHost(host: Resource): Lowered {
  const minimum = stringOf(host, "version");
  const source = settingOf(host, "version")?.span ?? host.headSpan;
  const plans = settingOf(host, "plans");
  return {
    steps: [],
    requirements: minimum === undefined ? [] : [{ kind: "version", minimum, blocks: [], source }],
    diagnostics: plans === undefined ? [] : [diagnose(plansFolderUnused, plans.nameSpan, { host: host.name })],
  };
}
