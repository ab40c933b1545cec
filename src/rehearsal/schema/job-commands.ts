import { replicationJob } from "../../pve/jobs.js";
import { bool, text } from "../../pve/spec.js";

/** The commands of replication, as recorded of `pvesr`. */
export const jobCommands = {
  "pvesr create-local-job": {
    usage: "pvesr create-local-job",
    positional: ["id", "target"],
    options: replicationJob,
    mutating: true,
  },
  "pvesr delete": {
    usage: "pvesr delete",
    positional: ["id"],
    options: { id: text(), force: bool, keep: bool },
    mutating: true,
  },
  "pvesr update": {
    usage: "pvesr update",
    positional: ["id"],
    options: { ...replicationJob, delete: text(), digest: text({ maxLength: 64 }) },
    mutating: true,
  },
} as const;
