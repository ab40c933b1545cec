import type { DiagnosticKind } from "../../plugin-api/index.js";
import { firewallDiagnostics } from "./findings/firewall.js";
import { leaseDiagnostics } from "./findings/leases.js";
import { lifecycleDiagnostics } from "./findings/lifecycle.js";
import { networkDiagnostics } from "./findings/network.js";
import { resourceDiagnostics } from "./findings/resources.js";
import { shareDiagnostics } from "./findings/shares.js";
import { secretDiagnostics } from "./findings/secrets.js";
import { templateDiagnostics } from "./findings/templates.js";
import { snapshotDiagnostics } from "./findings/snapshots.js";
import { zfsDiagnostics } from "./findings/zfs.js";

/** All findings of the semantic rules, PHX4001 to PHX4999, in the order of their codes. */
export const validationDiagnostics: readonly DiagnosticKind<never>[] = [
  ...networkDiagnostics,
  ...lifecycleDiagnostics,
  ...templateDiagnostics,
  ...resourceDiagnostics,
  ...firewallDiagnostics,
  ...shareDiagnostics,
  ...secretDiagnostics,
  ...snapshotDiagnostics,
  ...zfsDiagnostics,
  ...leaseDiagnostics,
];
