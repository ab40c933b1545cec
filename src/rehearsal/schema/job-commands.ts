import { replicationJob } from "../../pve/jobs.js";
import { bool, format, matching, text } from "../../pve/spec.js";

const id = matching(/[1-9][0-9]{2,8}-\d{1,9}/);
const { target: _target, ...changeable } = replicationJob;

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
    options: { id, force: bool, keep: bool },
    mutating: true,
  },
  "pvesr update": {
    usage: "pvesr update",
    positional: ["id"],
    options: {
      ...changeable,
      id,
      delete: format("pve-configid", { list: true, maxLength: 4096 }),
      digest: text({ maxLength: 64 }),
    },
    mutating: true,
  },
} as const;
