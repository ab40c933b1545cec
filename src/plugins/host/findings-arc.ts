import { diagnosticKind } from "../../plugin-api/index.js";

export const arcTwisted = diagnosticKind<{ host: string }>({
  code: "PHX5412",
  severity: "error",
  title: "least cache that is not below the most",
  message: ({ host }) => `on the host ${host} \`arc_min\` is not below \`arc_max\`, and the kernel would ignore both`,
  help: "Raise `arc_max`, or leave `arc_min` out.",
});
