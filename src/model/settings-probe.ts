/** What decides about the settings of the host itself. */
export type SettingsProbe =
  /** Some of these packages of Debian are not installed. `commands`: programs that they bring, which preflight does not miss. */
  | { readonly kind: "packages"; readonly names: readonly string[]; readonly commands: readonly string[] }
  /** The host has another time zone. */
  | { readonly kind: "timezone"; readonly zone: string }
  /** A user of the host's system is not there, or differs from its `useradd`; `groups`: it is not in one of these. */
  | {
      readonly kind: "host-user";
      readonly user: string;
      readonly groups: readonly string[];
      /** Where the hash of its password is. */
      readonly password?: string;
    }
  /** A role, group, user or token of Proxmox is not there, or differs from its `pveum ... add`; `groups`: it is not in one of these. */
  | {
      readonly kind: "access";
      readonly entry: "role" | "group" | "user" | "token";
      readonly name: string;
      readonly groups: readonly string[];
      /** Where a new token's value is written to, for root only. */
      readonly save?: string;
    }
  /** Somebody (a user, `@` and a group, a token) does not have a role on a path. */
  | {
      readonly kind: "permission";
      readonly path: string;
      readonly role: string;
      readonly holders: readonly string[];
      readonly propagate: boolean;
    }
  /** One that only the last plan gives is still there. */
  | { readonly kind: "permission-retired"; readonly path: string; readonly role: string; readonly holder: string };
