import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings about network file systems of guests: PHX5061 to PHX5069. */

export const volumeWithoutPlace = diagnosticKind<{ volume: string; missing: readonly string[] }>({
  code: "PHX5061",
  severity: "error",
  title: "volume that cannot be mounted",
  message: ({ volume, missing }) =>
    `the volume ${volume} has no ${missing.map((name) => `\`${name}\``).join(" and no ")}`,
  help: "A volume says what is mounted (`from`) and where (`at`).",
});

export const volumeSource = diagnosticKind<{ from: string; type: string; example: string }>({
  code: "PHX5062",
  severity: "error",
  title: "source that does not fit the volume's type",
  message: ({ from, type }) => `\`${from}\` is nothing that ${type} mounts`,
  help: ({ example }) => `Write it as ${example}.`,
});

export const volumeInContainer = diagnosticKind<{ guest: string; type: string; fs: string }>({
  code: "PHX5063",
  severity: "error",
  title: "network volume in a container that cannot mount it",
  message: ({ guest, type }) => `${guest} cannot mount ${type} by itself`,
  help: ({ type, fs }) =>
    type === "virtiofs"
      ? "virtiofs is for virtual machines: give the container the directory with a `mount` block."
      : `Give it the directory of the host with a \`mount\` block; or write \`unprivileged = false\` and \`mount_fs = [${fs}]\`.`,
});

export const exportUndeclared = diagnosticKind<{ path: string; host: string }>({
  code: "PHX5064",
  severity: "note",
  title: "volume from a path that no dataset is for",
  message: ({ path, host }) => `no declared dataset of host ${host} holds ${path}, which a guest mounts over NFS`,
  help: "Declare the dataset, or an `export` of the path, so that it is made before the guest.",
});

export const accountUnclear = diagnosticKind<{ volume: string; type: string }>({
  code: "PHX5065",
  severity: "error",
  title: "account of a volume that is incomplete",
  message: ({ volume, type }) =>
    type === "samba"
      ? `the volume ${volume} needs both \`user\` and \`password\`, or neither`
      : `the volume ${volume} is not of the type samba, which alone knows accounts`,
  help: 'Write `user = NAME` and `password = secret("...")` in a volume of the type samba.',
});

export const volumeFindingKinds: readonly DiagnosticKind<never>[] = [
  volumeWithoutPlace,
  volumeSource,
  volumeInContainer,
  exportUndeclared,
  accountUnclear,
];
