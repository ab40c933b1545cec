import { diagnosticKind } from "../../../plugin-api/index.js";

/** Findings about templates: PHX4450 to PHX4459. */

export const rebuildIdsIdle = diagnosticKind<{ guest: string }>({
  code: "PHX4450",
  severity: "warning",
  title: "ids to rebuild what is no template",
  message: ({ guest }) => `${guest} is no template: \`rebuild_ids\` means nothing without \`template = true\``,
  help: "Only templates are made anew beside the one that there is.",
});

export const rebuildIdsOutside = diagnosticKind<{ guest: string; range: string }>({
  code: "PHX4451",
  severity: "error",
  title: "ids to rebuild a template that Proxmox does not have",
  message: ({ guest, range }) =>
    `${guest} is to be made anew under one of ${range}, and Proxmox's ids are 100 to 999999999`,
  help: "Choose a range among them in which no other guest is.",
});

export const templateDiagnostics = [rebuildIdsIdle, rebuildIdsOutside] as const;
