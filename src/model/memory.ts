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
  /** Of a template: what it is made from, as the first plan said that declared it under this id. */
  readonly inputs?: Readonly<Record<string, string>>;
}

/** Kinds of things of the host that a plan makes, in the order in which they are taken back. */
export const THING_KINDS = [
  "backup",
  "replication",
  "file",
  "permission",
  "kernel-line",
  "allow",
  "firewall",
  "group",
  "ipset",
  "alias",
  "dataset",
  "pool",
  "storage",
  "interface",
  "sdn",
  "resolver",
  "mapping",
  "samba-user",
  "access",
  "user",
  "directory",
  "image",
  "nvidia-driver",
  "timezone",
  "package",
] as const;

/**
 * A thing of the host that a plan makes. A file is named as its path, with `#` and the name of the block where it is one; what
 * there is one of is named `host`.
 */
export interface HostThing {
  readonly kind: (typeof THING_KINDS)[number];
  readonly name: string;
  /** What cannot be changed later; where a storage lies (its type, its path) tells it apart whatever it is called. */
  readonly fixed: Readonly<Record<string, string>>;
  /**
   * Options of a storage, properties of a dataset or pool (`dataset.atime`: of a pool's own dataset), parameters of the kernel,
   * options of a firewall; the `text` of a part of the cluster's firewall or of a file, which is one; the value of what there is
   * one of.
   */
  readonly options: Readonly<Record<string, string>>;
}

/** What was once declared of such a thing and no longer is. What holds data is never taken back, only told. */
export interface RetiredThing extends HostThing {
  /** The thing itself is not declared any more. */
  readonly whole: boolean;
}

/** All that the files declare for a host. */
export interface Declared {
  /** In plan order. */
  readonly guests: readonly DeclaredGuest[];
  /** In plan order. */
  readonly things: readonly HostThing[];
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

/** What plans hand on: all that is declared, all that no longer is. */
interface Remembered {
  readonly declared: Declared;
  readonly retired: readonly RetiredGuest[];
  readonly retiredThings: readonly RetiredThing[];
  /** Digests of the plans before it, the latest first. */
  readonly ancestry: readonly string[];
}

/** What a committed plan tells the next one. */
export interface Memory extends Remembered {
  /** Of its script. */
  readonly digest: string;
  /** The texts that it writes, by the names of their files, or of the parts in them. */
  readonly texts: ReadonlyMap<string, string>;
}

/** How the text of a file, or of our part in one, differs from the committed plan's; one of both is there. Without the values of secrets. */
export interface TextChange {
  /** `/etc/motd`, `/etc/hosts#names`, `local:snippets/phxc-8001-user.yaml` */
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}

/** What a plan carries of the plans before it. */
export interface PlanMemory extends Remembered {
  /** The digest of the committed plan that it follows. */
  readonly previous?: string;
}
