import { diagnosticKind } from "../../../plugin-api/index.js";

export const storageContent = diagnosticKind<{ storage: string; needed: string; use: string; content: string }>({
  code: "PHX4301",
  severity: "error",
  title: "storage does not take this content",
  message: ({ storage, needed, use, content }) =>
    `storage ${storage} takes ${content}; ${use} needs the content type \`${needed}\``,
  help: ({ needed }) => `Add \`${needed}\` to the storage's content, or choose another storage.`,
});

export const quotaExceeded = diagnosticKind<{ dataset: string; sum: string; quota: string; guests: string }>({
  code: "PHX4302",
  severity: "warning",
  title: "declared disks exceed the quota",
  message: ({ dataset, sum, quota, guests }) =>
    `the disks on dataset ${dataset} may grow to ${sum}, but its quota is ${quota} (${guests})`,
  help: "Raise the quota, or make disks smaller before they are created; they are never shrunk.",
});

export const hostPathOffDataset = diagnosticKind<{
  path: string;
  dataset: string;
  mountpoint: string;
  instead: string;
}>({
  code: "PHX4303",
  severity: "warning",
  title: "host path beside its dataset",
  message: ({ path, dataset, mountpoint }) =>
    `${path} is not on dataset ${dataset}, which is mounted at ${mountpoint}: the data would lie on the root disk`,
  help: ({ instead }) => `To keep it on the dataset, move the data and write \`${instead}\`.`,
});

export const sharedPathOwners = diagnosticKind<{ path: string; owners: string }>({
  code: "PHX4304",
  severity: "warning",
  title: "one host path, several owners",
  message: ({ path, owners }) => `${path} is mounted by several guests that want different owners: ${owners}`,
  help: "Declare the same owner everywhere, or only in one guest.",
});

export const duplicateMountPoint = diagnosticKind<{ at: string; guest: string }>({
  code: "PHX4305",
  severity: "error",
  title: "two mounts at one place",
  message: ({ at, guest }) => `${guest} already mounts something at ${at}`,
  help: "Mount one of the two elsewhere.",
});

export const nestedVolume = diagnosticKind<{ from: string; outer: string }>({
  code: "PHX4306",
  severity: "warning",
  title: "volume inside another volume",
  message: ({ from, outer }) =>
    `${from} lies inside ${outer}, which the guest mounts as well: the same files appear twice`,
  help: "Mount one of the two, or move one out of the other.",
});

export const sharedPathOneOwner = diagnosticKind<{ path: string; owner: string; guest: string; others: string }>({
  code: "PHX4307",
  severity: "note",
  title: "shared host path with one declared owner",
  message: ({ path, owner, guest, others }) =>
    `${guest} alone sets the owner of ${path} (${owner} on the host), which is mounted by ${others} as well`,
  help: "Nothing to do if the other guests can work with that owner; otherwise declare it there as well.",
});

export const sharedPathNoOwner = diagnosticKind<{ path: string; guests: string }>({
  code: "PHX4310",
  severity: "note",
  title: "shared host path without an owner",
  message: ({ path, guests }) => `${path} is mounted by ${guests}, and no file says who owns it`,
  help: "Write `owner` at one of the mounts, or leave it out where the directory is there with the owner that it needs.",
});

export const storageUnknown = diagnosticKind<{ storage: string; meant: string; use: string }>({
  code: "PHX4308",
  severity: "warning",
  title: "storage spelled almost like another",
  message: ({ storage, meant, use }) => `no file declares the storage ${storage} of ${use}; did you mean \`${meant}\``,
  help: "Correct the name. If the host has a storage of this name as well, declare it, and this is gone.",
});

export const imageUnknown = diagnosticKind<{
  image: string;
  guest: string;
  kind: string;
  suggested: string | undefined;
}>({
  code: "PHX4309",
  severity: "error",
  title: "image that nothing declares",
  message: ({ image, guest, suggested }) =>
    `${guest} is made from ${image}, and no image is called so${suggested === undefined ? "" : `; did you mean \`${suggested}\``}`,
  help: ({ kind }) =>
    kind === "ct"
      ? 'Declare it as an `image`, or write a volume ("local:vztmpl/NAME") or the path of an archive.'
      : "Declare it as an `image`, or write the path of a disk image on the host.",
});

export const gpuUnknown = diagnosticKind<{ index: number; host: string; known: string }>({
  code: "PHX4401",
  severity: "error",
  title: "GPU that the host does not have",
  message: ({ index, host, known }) => `host ${host} has no GPU ${index}; it declares ${known}`,
  help: "Name a GPU of the host, or add it to the host's `gpus`.",
});

export const gpuInherited = diagnosticKind<{ guest: string; extra: string; from: string }>({
  code: "PHX4402",
  severity: "note",
  title: "GPUs of the clone source are removed",
  message: ({ guest, extra, from }) =>
    `${guest} is cloned from ${from} with GPU ${extra}, which it does not declare: the plan removes it after the clone`,
  help: "Nothing to do: `gpus` is the exact set. Add the GPU to keep it.",
});

export const gpuShared = diagnosticKind<{ index: number; guests: string }>({
  code: "PHX4403",
  severity: "warning",
  title: "GPU shared by guests that all start",
  message: ({ index, guests }) => `GPU ${index} is used by ${guests}, which all run at the same time`,
  help: "They share its memory: make sure that the sum of what they take fits, or start fewer of them.",
});

export const gpuUndeclared = diagnosticKind<{ guest: string; source: string; gpus: string }>({
  code: "PHX4404",
  severity: "warning",
  title: "clone inherits GPUs",
  message: ({ guest, source, gpus }) => `${guest} does not declare \`gpus\`, so it keeps GPU ${gpus} of ${source}`,
  help: "Write `gpus = []` to remove them, or declare the ones that it shall have.",
});

export const pciClaimed = diagnosticKind<{ address: string; guests: string }>({
  code: "PHX4421",
  severity: "error",
  title: "PCI device for two guests that start",
  message: ({ address, guests }) =>
    `the PCI device ${address} is for ${guests}, which all run at the same time: only one of them can have it`,
  help: "Give it to one of them, or let only one of them start.",
});

export const deviceClaimed = diagnosticKind<{ device: string; guests: string }>({
  code: "PHX4422",
  severity: "warning",
  title: "device for two guests that start",
  message: ({ device, guests }) => `${device} is for ${guests}, which all run at the same time`,
  help: "Only one of them gets the device, unless the mapping stands for several. Let only one of them start.",
});

export const memorySum = diagnosticKind<{ sum: string; host: string; memory: string; count: number }>({
  code: "PHX4411",
  severity: "warning",
  title: "starting guests exceed the host's memory",
  message: ({ sum, host, memory, count }) =>
    `the ${count} guests that start on host ${host} may take ${sum}; it has ${memory}`,
  help: "Start fewer guests, or give them less memory. ZFS and Proxmox need some as well.",
});

export const memoryOfOne = diagnosticKind<{ guest: string; memory: string; host: string; hostMemory: string }>({
  code: "PHX4412",
  severity: "error",
  title: "VM larger than the host's memory",
  message: ({ guest, memory, host, hostMemory }) =>
    `${guest} wants ${memory}, more than all of host ${host} (${hostMemory})`,
  help: "Give it less memory.",
});

export const coresOfOne = diagnosticKind<{ guest: string; cores: number; host: string; hostCores: number }>({
  code: "PHX4413",
  severity: "warning",
  title: "more cores than the host has",
  message: ({ guest, cores, host, hostCores }) => `${guest} wants ${cores} cores; host ${host} has ${hostCores}`,
  help: "Give it at most the host's cores: more of them only wait for each other.",
});

export const cardOfBoth = diagnosticKind<{ address: string; host: string }>({
  code: "PHX4850",
  severity: "error",
  title: "card for machines and for containers",
  message: ({ address, host }) =>
    `the card ${address} is kept for machines (\`passthrough\`), and host ${host} has it among the \`gpus\` that containers share`,
  help: "A card belongs to one machine as a whole, or the host's driver has it. Take it out of one of the two.",
});

export const cardOfDriver = diagnosticKind<{ address: string; guest: string; host: string }>({
  code: "PHX4851",
  severity: "error",
  title: "card of the host's driver for a machine",
  message: ({ address, guest, host }) =>
    `${guest} gets the card ${address} as a whole, and host ${host} has it among the \`gpus\` that containers share`,
  help: "When the machine starts, the host's driver loses the card. Take it out of `gpus`, and name it in `passthrough`.",
});

export const resourceDiagnostics = [
  storageContent,
  quotaExceeded,
  hostPathOffDataset,
  sharedPathOwners,
  duplicateMountPoint,
  nestedVolume,
  sharedPathOneOwner,
  storageUnknown,
  imageUnknown,
  gpuUnknown,
  gpuInherited,
  gpuShared,
  gpuUndeclared,
  memorySum,
  memoryOfOne,
  coresOfOne,
  sharedPathNoOwner,
  pciClaimed,
  deviceClaimed,
  cardOfBoth,
  cardOfDriver,
] as const;
