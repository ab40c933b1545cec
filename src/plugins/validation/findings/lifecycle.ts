import { diagnosticKind } from "../../../plugin-api/index.js";

export const nameNotLabel = diagnosticKind<{ name: string; why: string }>({
  code: "PHX4101",
  severity: "warning",
  title: "guest name is not one DNS label",
  message: ({ name, why }) => `the name \`${name}\` is not one DNS label: ${why}`,
  help: "Use letters, digits and hyphens only, at most 63 of them.",
});

export const bootNeedsUnstarted = diagnosticKind<{ guest: string; needed: string }>({
  code: "PHX4111",
  severity: "warning",
  title: "boot-started guest needs one that is not",
  message: ({ guest, needed }) => `${guest} starts with the host and needs ${needed}, which does not`,
  help: "Give the needed guest `boot { start = true }`, with a lower order.",
});

export const bootOrderContradicts = diagnosticKind<{ guest: string; needed: string; reason: string }>({
  code: "PHX4112",
  severity: "warning",
  title: "boot order contradicts needs",
  message: ({ guest, needed, reason }) => `${guest} needs ${needed}, but the host starts it first: ${reason}`,
  help: "Give the needed guest the lower boot order. The plan itself follows `needs`; only the host's boot follows the order.",
});

export const templateNeedsService = diagnosticKind<{ guest: string; role: string; services: string }>({
  code: "PHX4121",
  severity: "warning",
  title: "image needs service guests",
  message: ({ guest, role, services }) => `${guest} is ${role}, yet it needs the running guests ${services}`,
  help: "An image is built before what runs from it: move the need to the guests that are cloned from it.",
});

export const cloneOfOtherKind = diagnosticKind<{ guest: string; source: string }>({
  code: "PHX4201",
  severity: "error",
  title: "clone of another kind of guest",
  message: ({ guest, source }) =>
    `${guest} cannot be cloned from ${source}: Proxmox clones VMs from VMs and containers from containers`,
  help: "Name a source of the same kind.",
});

export const cloneSnapshotMissing = diagnosticKind<{
  source: string;
  snapshot: string;
  known: readonly string[];
  isTemplate: boolean;
}>({
  code: "PHX4202",
  severity: "error",
  title: "clone source has no such snapshot",
  message: ({ source, snapshot }) => `${source} declares no snapshot \`${snapshot}\``,
  help: ({ snapshot, known, isTemplate }) =>
    isTemplate
      ? "A template has no snapshots, and is cloned as it is: leave `clone_snapshot` out."
      : known.length === 0
        ? `Declare \`snapshot ${snapshot}\` in the source.`
        : `It declares ${known.join(", ")}; name one of them, or declare \`snapshot ${snapshot}\` in the source.`,
});

export const cloneSourceUnsettled = diagnosticKind<{ source: string }>({
  code: "PHX4203",
  severity: "error",
  title: "clone source is neither template nor snapshot",
  message: ({ source }) =>
    `${source} is not a template, and no snapshot of it is named: the clone would be whatever the source is at that moment`,
  help: "Say `template = true` in the source, or name one of its snapshots with `clone_snapshot`.",
});

export const vmCloneFromZfsSnapshot = diagnosticKind<{ source: string; storage: string }>({
  code: "PHX4204",
  severity: "error",
  title: "VM clone from a snapshot on ZFS",
  message: ({ source, storage }) =>
    `Proxmox cannot clone a snapshot of ${source}: its disk is on the zfspool storage ${storage}`,
  help: "Make the source a template (`template = true`) and leave `clone_snapshot` out.",
});

export const clonePrivilege = diagnosticKind<{ guest: string; source: string; sourceIs: string }>({
  code: "PHX4205",
  severity: "error",
  title: "clone disagrees with its source about privileges",
  message: ({ guest, source, sourceIs }) =>
    `${guest} takes \`unprivileged\` from ${source}, which is ${sourceIs}; it cannot be changed afterwards`,
  help: "Leave `unprivileged` out in the clone, or clone a source that has the wanted value.",
});

export const cloneSourceHasMounts = diagnosticKind<{ source: string }>({
  code: "PHX4206",
  severity: "error",
  title: "clone of a container with bind mounts",
  message: ({ source }) => `Proxmox refuses to clone ${source}, because it has bind mounts`,
  help: "Declare the mounts in the clones instead of the source.",
});

export const linkedCloneNeedsTemplate = diagnosticKind<{ source: string; why: string }>({
  code: "PHX4207",
  severity: "error",
  title: "linked clone without a template",
  message: ({ source, why }) => `a linked clone of ${source} is not possible: ${why}`,
  help: "Clone a template without `clone_snapshot`, or say `clone_mode = full`.",
});

export const linkedCloneElsewhere = diagnosticKind<{ storage: string; source: string; sourceStorage: string }>({
  code: "PHX4208",
  severity: "error",
  title: "linked clone on another storage",
  message: ({ storage, source, sourceStorage }) =>
    `a linked clone stays on the storage of ${source}, ${sourceStorage}; it cannot be on ${storage}`,
  help: "Use the same storage, or say `clone_mode = full`.",
});

export const cloneDiskShrinks = diagnosticKind<{ disk: string; size: string; source: string; sourceSize: string }>({
  code: "PHX4209",
  severity: "error",
  title: "clone's disk smaller than its source's",
  message: ({ disk, size, source, sourceSize }) =>
    `disk ${disk} would be ${size}, but ${source} has ${sourceSize}, and disks are never shrunk`,
  help: "Declare at least the size of the source's disk.",
});

export const templateRunning = diagnosticKind<{ guest: string }>({
  code: "PHX4210",
  severity: "error",
  title: "template that is to run",
  message: ({ guest }) => `${guest} is a template, and Proxmox never starts templates`,
  help: "Leave `state` out; clone the template for a guest that runs.",
});

export const templateIdle = diagnosticKind<{ guest: string; what: string }>({
  code: "PHX4215",
  severity: "warning",
  title: "what a template never does",
  message: ({ guest, what }) => `${guest} is a template, which is never started: ${what} means nothing for it`,
  help: "Say it in the guests that are cloned from it, or in a profile that they extend.",
});

export const snapshotOfMounts = diagnosticKind<{ guest: string; snapshots: string }>({
  code: "PHX4211",
  severity: "warning",
  title: "snapshot of a container with bind mounts",
  message: ({ guest, snapshots }) =>
    `Proxmox refuses snapshots of ${guest}, because it has bind mounts; the plan does not take ${snapshots}`,
  help: "Remove the snapshot, or keep the data on a volume (`disk NAME { at = ... }`) instead of a bind mount.",
});

export const snapshotOfTemplate = diagnosticKind<{ guest: string }>({
  code: "PHX4212",
  severity: "error",
  title: "snapshot of a template",
  message: ({ guest }) =>
    `${guest} is a template: Proxmox takes no snapshots of templates, and makes no template of a guest that has them`,
  help: "Remove the snapshot: clones are made from the template itself.",
});

export const snapshotNameReserved = diagnosticKind<{ name: string }>({
  code: "PHX4213",
  severity: "error",
  title: "reserved snapshot name",
  message: ({ name }) => `Proxmox reserves the snapshot name \`${name}\``,
  help: "Choose another name.",
});

export const snapshotOnDirectory = diagnosticKind<{ guest: string; storage: string }>({
  code: "PHX4214",
  severity: "error",
  title: "snapshot on a directory storage",
  message: ({ guest, storage }) =>
    `${guest} has a raw volume on the directory storage ${storage}, which has no snapshots`,
  help: "Put the container's volumes on a storage with snapshots (zfspool), or remove the snapshot.",
});

export const cloneSettingIdle = diagnosticKind<{ guest: string; name: string }>({
  code: "PHX4216",
  severity: "warning",
  title: "clone setting without a clone",
  message: ({ guest, name }) => `${guest} is no clone: \`${name}\` means nothing without \`clone\``,
  help: ({ name }) => `Name the source with \`clone\`, or remove \`${name}\`.`,
});

export const checkWithoutAgent = diagnosticKind<{ guest: string; check: string; isSaid: boolean }>({
  code: "PHX4217",
  severity: "warning",
  title: "check without a guest agent",
  message: ({ guest, check, isSaid }) =>
    `the check ${check} reaches ${guest} through the guest agent, which ${isSaid ? "is turned off" : "nothing turns on"}`,
  help: "Say `agent = true` and use an image that has qemu-guest-agent installed, or check a port (`tcp`) or a page (`http`).",
});

export const lifecycleDiagnostics = [
  nameNotLabel,
  bootNeedsUnstarted,
  bootOrderContradicts,
  templateNeedsService,
  cloneOfOtherKind,
  cloneSnapshotMissing,
  cloneSourceUnsettled,
  vmCloneFromZfsSnapshot,
  clonePrivilege,
  cloneSourceHasMounts,
  linkedCloneNeedsTemplate,
  linkedCloneElsewhere,
  cloneDiskShrinks,
  templateRunning,
  templateIdle,
  snapshotOfMounts,
  snapshotOfTemplate,
  snapshotNameReserved,
  snapshotOnDirectory,
  cloneSettingIdle,
  checkWithoutAgent,
] as const;
