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

export const storageOverIscsi = diagnosticKind<{ storage: string }>({
  code: "PHX5304",
  severity: "error",
  title: "ZFS of another host",
  message: ({ storage }) => `the storage ${storage} is of type \`zfs\`, which is ZFS over iSCSI, and names no portal`,
  help: "A pool or dataset of this host is a storage of type `zfspool`.",
});

export const storageAccount = diagnosticKind<{ storage: string; option: string }>({
  code: "PHX5305",
  severity: "error",
  title: "password of nobody",
  message: ({ storage, option }) => `the storage ${storage} has a \`${option}\` and no \`username\``,
  help: "Add `username`: Proxmox would go to the server as a guest, or as another user than the password belongs to.",
});

export const storageFindings: readonly DiagnosticKind<never>[] = [
  storageOverIscsi,
  storageAccount,
  storageIncomplete,
  storageOptionUnfit,
  storageContentUnfit,
];
