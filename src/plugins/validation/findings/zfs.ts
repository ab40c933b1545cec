import { diagnosticKind } from "../../../plugin-api/index.js";

/** Findings of the rules about limits of datasets: PHX4801 to PHX4819. */

export const keptBeyondQuota = diagnosticKind<{ dataset: string; kept: string; limited: string; quota: string }>({
  code: "PHX4801",
  severity: "error",
  title: "more kept free than a quota lets use",
  message: ({ dataset, kept, limited, quota }) =>
    `${kept} are to be kept free for ${dataset}, and ${limited === dataset ? "it" : limited} may use ${quota} only: ZFS refuses that`,
  help: "Lower what is kept free (`reservation`, `refreservation`, the size of a volume that is not sparse), or raise the quota.",
});

export const quotaBeyondQuota = diagnosticKind<{ dataset: string; quota: string; limited: string; above: string }>({
  code: "PHX4802",
  severity: "warning",
  title: "quota that is never reached",
  message: ({ dataset, quota, limited, above }) =>
    `${dataset} has a quota of ${quota}, and ${limited} above it one of ${above}, which is reached first`,
  help: "Lower the one below, or raise the one above.",
});

export const zfsDiagnostics = [keptBeyondQuota, quotaBeyondQuota];
