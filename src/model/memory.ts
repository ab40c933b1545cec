import type { GuestRef } from "./guest.js";
import type { Address } from "./resource.js";

/**
 * What the files declare of a guest, as far as a later plan has to know it to take it back. Options are keyed by name, and
 * where the number does not identify them by what does: `mp /models`, `dev /dev/kvm`.
 */
export interface DeclaredGuest extends GuestRef {
  /** The guests that must converge before it. */
  readonly needs: readonly Address[];
  /** The literal arguments of the `set` command. */
  readonly options: Readonly<Record<string, string>>;
  readonly snapshots: readonly string[];
  /** Whether its firewall file is made. */
  readonly firewall: boolean;
  /** The values of raw `lxc.*` keys. */
  readonly rawLines: Readonly<Record<string, readonly string[]>>;
  /** The slots of named disks and interfaces: `disk data` at `scsi1`. */
  readonly slots: Readonly<Record<string, string>>;
}

/** A storage that a plan defines: where it lies tells it apart whatever it is called. */
export interface DefinedStorage {
  readonly id: string;
  readonly type: string;
  readonly fixed: readonly (readonly [string, string])[];
}

/** All that the files declare for a host. */
export interface Declared {
  /** In plan order. */
  readonly guests: readonly DeclaredGuest[];
  /** In plan order. */
  readonly storages: readonly DefinedStorage[];
}

/** What was once declared of a guest and no longer is, each with its last declared value. */
export interface RetiredGuest extends DeclaredGuest {
  /** The guest itself is not declared any more. */
  readonly whole: boolean;
  /** Names that it had, the latest first. */
  readonly names: readonly string[];
  /** Keys of property strings: by option, then by key. */
  readonly keys: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What a committed plan tells the next one. */
export interface Memory {
  readonly declared: Declared;
  readonly retired: readonly RetiredGuest[];
  /** Of its script. */
  readonly digest: string;
  /** Digests of the plans before it, the latest first. */
  readonly ancestry: readonly string[];
}

/** What a plan carries of the plans before it. */
export interface PlanMemory {
  readonly declared: Declared;
  readonly retired: readonly RetiredGuest[];
  readonly ancestry: readonly string[];
  /** The digest of the committed plan that it follows. */
  readonly previous?: string;
}
