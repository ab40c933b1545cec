import { diagnosticKind } from "../diagnostic.js";

/** Findings about what blocks inherit: PHX3100 to PHX3119. */

export const nothingToTakeAway = diagnosticKind<{
  readonly block: string;
  readonly where: string;
  /** The blocks of this keyword that could be meant. */
  readonly inherited: readonly string[];
}>({
  code: "PHX3100",
  severity: "error",
  title: "absent for a block that is not inherited",
  message: ({ block, where }) => `${where} inherits no \`${block}\`, so that there is none to take away`,
  help: ({ inherited }) =>
    inherited.length === 0
      ? "remove this line: what no layer says is not there"
      : `inherited are ${inherited.map((head) => `\`${head}\``).join(", ")}`,
});

export const absentWithBody = diagnosticKind<{ readonly block: string }>({
  code: "PHX3101",
  severity: "error",
  title: "absent with braces",
  message: ({ block }) => `\`${block} absent\` takes the block away; what its braces say would be lost`,
  help: ({ block }) => `to put another in its place write \`${block} absent\` and then \`${block} { ... }\``,
});

/** All of the above. */
export const layerDiagnostics = [nothingToTakeAway, absentWithBody] as const;
