import { diagnosticKind } from "../../plugin-api/index.js";

/** Findings about the devices of hosts: PHX5690 to PHX5699, and PHX5654. */

export const noDriverForCards = diagnosticKind<{ host: string }>({
  code: "PHX5690",
  severity: "error",
  title: "driver for no card",
  message: ({ host }) => `${host} declares that it has no GPU, and the driver of NVIDIA`,
  help: "Remove `nvidia`, or name the GPUs of the host in `gpus`.",
});

export const passthroughOfNothing = diagnosticKind<object>({
  code: "PHX5654",
  severity: "error",
  title: "passthrough of no device",
  message: () => "`passthrough` names no device",
  help: 'Say which: `ids = ["10de:2684"]` for all cards of a model, `addresses = [0000:01:00]` for one card.',
});
