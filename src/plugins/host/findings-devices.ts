import { diagnosticKind } from "../../plugin-api/index.js";

/** Findings about the devices of hosts: PHX5690 to PHX5699. */

export const noDriverForCards = diagnosticKind<{ host: string }>({
  code: "PHX5690",
  severity: "error",
  title: "driver for no card",
  message: ({ host }) => `${host} declares that it has no GPU, and the driver of NVIDIA`,
  help: "Remove `nvidia`, or name the GPUs of the host in `gpus`.",
});
