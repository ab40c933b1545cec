import { diagnosticKind } from "../../plugin-api/index.js";

export const arcTwisted = diagnosticKind<{ host: string }>({
  code: "PHX5412",
  severity: "error",
  title: "least cache that is not below the most",
  message: ({ host }) => `on the host ${host} \`arc_min\` is not below \`arc_max\`, and the kernel would ignore both`,
  help: "Raise `arc_max`, or leave `arc_min` out.",
});

export const arcIgnored = diagnosticKind<{
  host: string;
  limit: "arc_max" | "arc_min";
  memory: string;
  /** Too low, rather than too high. */
  isLow: boolean;
}>({
  code: "PHX5421",
  severity: "error",
  title: "limit of the cache that the kernel ignores",
  message: ({ host, limit, memory, isLow }) =>
    isLow
      ? `the \`${limit}\` of the host ${host} is not above 1/32 of its memory of ${memory}, which the cache keeps at least, and the kernel would ignore it`
      : `the \`${limit}\` of the host ${host} is not below its memory of ${memory}, and the kernel would ignore it`,
  help: "Choose a limit that fits the memory; for a small `arc_max` declare an `arc_min` below it.",
});
