/**
 * A job that Proxmox keeps is not there, or an option differs. `id`: of a backup job its name, of a replication the guest's id and a
 * number (`100-0`).
 */
export type JobProbe = {
  readonly kind: "job";
  readonly id: string;
  readonly options: readonly (readonly [string, string])[];
  /** Options that must not be set. */
  readonly absent: readonly string[];
} & (
  | { readonly job: "backup" }
  | { readonly job: "replication"; /** The node that gets the copy. */ readonly target: string }
);
