import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings about storages: PHX5301 to PHX5399. */

export const storageIncomplete = diagnosticKind<{ storage: string; type: string; option: string }>({
  code: "PHX5301",
  severity: "error",
  title: "storage without its place",
  message: ({ storage, type, option }) => `the storage ${storage} of type ${type} needs \`${option}\``,
  help: "Proxmox must know where the storage lies: a path, a pool, a server with its export.",
});

export const storageOptionUnfit = diagnosticKind<{ storage: string; type: string; option: string }>({
  code: "PHX5302",
  severity: "error",
  title: "option that a storage does not have",
  message: ({ storage, type, option }) => `\`${option}\` is no option of ${type} storages such as ${storage}`,
  help: "Remove it, or choose the type of storage that has it.",
});

export const storageContentUnfit = diagnosticKind<{ storage: string; type: string; content: string }>({
  code: "PHX5303",
  severity: "error",
  title: "content that a storage cannot hold",
  message: ({ storage, type, content }) => `${type} storages such as ${storage} cannot hold ${content}`,
  help: "Block storages (zfspool, lvm) hold only `images` and `rootdir`; archives and ISO images need files.",
});

export const storageFindings: readonly DiagnosticKind<never>[] = [
  storageIncomplete,
  storageOptionUnfit,
  storageContentUnfit,
];
