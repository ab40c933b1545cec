import { diagnosticKind } from "../../plugin-api/index.js";
import type { DiagnosticKind } from "../../plugin-api/index.js";

/** Findings about jobs: PHX5620 to PHX5639; about what they leave out: PHX4870. */

export const backupSelection = diagnosticKind<{ job: string; said: readonly string[] }>({
  code: "PHX5620",
  severity: "error",
  title: "backup job that does not say which guests",
  message: ({ job, said }) =>
    said.length === 0
      ? `the backup job ${job} does not say which guests it is for`
      : `the backup job ${job} says both ${said.map((word) => `\`${word}\``).join(" and ")}`,
  help: "Write one of `guests = [web, db]`, `guests = all`, or `pool = NAME`; `except` goes with `guests = all`.",
});

export const backupKeepsAll = diagnosticKind<{ job: string }>({
  code: "PHX5621",
  severity: "error",
  title: "backups that all stay, and some of them",
  message: ({ job }) => `the backup job ${job} keeps all backups, so that numbers mean nothing`,
  help: "Leave out `all = true`, or the numbers.",
});

export const replicationToItself = diagnosticKind<{ guest: string; node: string }>({
  code: "PHX5622",
  severity: "error",
  title: "replication of a guest to its own node",
  message: ({ guest, node }) => `${guest} is on the node ${node} already`,
  help: "Name another node of the cluster.",
});

export const guestsWithoutBackup = diagnosticKind<{ guests: readonly string[] }>({
  code: "PHX4870",
  severity: "note",
  title: "guests without a backup job",
  message: ({ guests }) => `no enabled backup job is for ${guests.join(", ")}`,
  help: "Add them to a job, or write `guests = all` with `except` for those that need none.",
});

export const jobFindings: readonly DiagnosticKind<never>[] = [
  backupSelection,
  backupKeepsAll,
  replicationToItself,
  guestsWithoutBackup,
];
