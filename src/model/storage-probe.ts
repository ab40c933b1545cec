/**
 * The storage is not defined, or an option differs; `fixed` options (path, pool) that differ are refused. `absent`: options,
 * and keys of property strings (`bwlimit.move`), that must not be set.
 */
export interface StorageProbe {
  readonly kind: "storage";
  readonly storage: string;
  readonly storageType: string;
  readonly fixed: readonly (readonly [string, string])[];
  readonly options: readonly (readonly [string, string])[];
  readonly absent?: readonly string[];
  /** Options that are set from secrets or from files of the host; `autogen` stands for a key that Proxmox makes. */
  readonly secrets?: readonly { readonly option: string; readonly secret: string }[];
}
