import { diagnosticKind } from "../../../plugin-api/index.js";

export const seriesNameTooLong = diagnosticKind<{ name: string; length: number }>({
  code: "PHX4460",
  severity: "error",
  title: "name of a series of snapshots too long",
  message: ({ name, length }) =>
    `the snapshots of \`${name}\` are numbered, and a name of ${length} characters leaves no room for that: Proxmox takes 40`,
  help: "Shorten the name to 34 characters, or leave `keep` out.",
});

export const seriesNameTaken = diagnosticKind<{ name: string; series: string }>({
  code: "PHX4461",
  severity: "error",
  title: "snapshot with a name of a series",
  message: ({ name, series }) => `\`${name}\` is what one of the numbered snapshots of \`${series}\` is called`,
  help: "Choose another name for one of the two.",
});

export const cloneOfSeries = diagnosticKind<{ source: string; snapshot: string }>({
  code: "PHX4462",
  severity: "error",
  title: "clone of a snapshot that does not stay",
  message: ({ source, snapshot }) =>
    `\`${snapshot}\` of ${source} has \`keep\`: its snapshots are numbered and the oldest deleted, so that there is none to clone`,
  help: ({ snapshot }) => `Declare a snapshot without \`keep\` for clones, or remove \`keep\` from \`${snapshot}\`.`,
});

export const snapshotOfRawDisk = diagnosticKind<{ guest: string; disk: string; storage: string; type: string }>({
  code: "PHX4463",
  severity: "error",
  title: "snapshot of a raw disk in a file",
  message: ({ guest, disk, storage, type }) =>
    `${guest} has its disk ${disk} on ${storage} (${type}) in the format raw, of which Proxmox takes no snapshots`,
  help: "Say `format = qcow2` in the storage, or put the disk on a storage with snapshots (zfspool, lvmthin, rbd).",
});

export const snapshotOnPlainStorage = diagnosticKind<{ guest: string; disk: string; storage: string; type: string }>({
  code: "PHX4464",
  severity: "error",
  title: "snapshot on a storage without snapshots",
  message: ({ guest, disk, storage, type }) =>
    `${guest} has its disk ${disk} on ${storage}: storages of type ${type} take no snapshots`,
  help: "Put the disk on a storage with snapshots (zfspool, lvmthin, rbd), or remove the snapshot.",
});

export const snapshotDiagnostics = [
  seriesNameTooLong,
  seriesNameTaken,
  cloneOfSeries,
  snapshotOfRawDisk,
  snapshotOnPlainStorage,
] as const;
