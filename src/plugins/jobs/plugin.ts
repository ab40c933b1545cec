import { definePlugin } from "../../plugin-api/index.js";
import { backup, backupMissing } from "./backup.js";
import { jobFindings } from "./findings.js";
import { replication } from "./replication.js";

/** Jobs that Proxmox runs by itself: backups and replication. */
export const jobsPlugin = definePlugin({
  name: "jobs",
  kinds: [backup, replication],
  rules: [backupMissing],
  diagnostics: jobFindings,
});
