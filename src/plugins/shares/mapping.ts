import { CONTROL, diagnose, settingOf, stringOf } from "../../plugin-api/index.js";
import type { LowerContext, Lowered, OptionSpec, Resource } from "../../plugin-api/index.js";
import { makeStep } from "../guest/step.js";
import * as t from "../guest/types.js";
import { mappingPath } from "./findings.js";
import { directoryStep, refused, shareOf } from "./lower.js";
import { directoryOptions } from "./options.js";

/** The attributes of a `mapping`. */
export const mappingOptions: Readonly<Record<string, OptionSpec>> = {
  ...directoryOptions,
  description: {
    type: {
      type: "string",
      pattern: `[^\\s${CONTROL}]([^${CONTROL}]*[^\\s${CONTROL}])?`,
      describe: "text on one line",
      maxLength: 4096,
    },
    doc: "A description of the mapping. Omitted: it stays as it is.",
  },
};

/** `mapping data` */
export const mappingArgs = [
  { name: "id", type: t.configId, doc: "The name of the mapping, which volumes of type virtiofs mount." },
] as const;

/** The directory, and an entry for this node in the mapping of the cluster; entries of other nodes stay. */
export function lowerMapping(resource: Resource, context: LowerContext): Lowered {
  const { share, diagnostics } = shareOf(resource, context);
  if (share?.path === undefined || diagnostics.length > 0) return refused(diagnostics);
  const [part] = /[;,=()]/.exec(share.path) ?? [];
  if (part !== undefined) {
    const at = settingOf(resource, "path")?.span ?? resource.headSpan;
    return refused([diagnose(mappingPath, at, { mapping: share.name, path: share.path, part })]);
  }
  const description = stringOf(resource, "description");
  const step = makeStep(resource, "mapping", {
    phase: "host",
    title: `mapping ${share.name}`,
    probe: {
      kind: "directory-mapping",
      id: share.name,
      path: share.path,
      ...(description === undefined ? {} : { description }),
    },
    commands: [["pvesh", "create", "/cluster/mapping/dir", "--id", share.name]],
  });
  return { steps: [directoryStep(share), { ...step, id: resource.address }], requirements: [] };
}
