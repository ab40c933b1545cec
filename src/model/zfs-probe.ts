/** A part of a ZFS pool: what it is for, how its disks are joined (`disk`, `mirror`, `raidz2`, `draid2:4d:11c:1s`), and these. */
export interface Vdev {
  readonly role: "data" | "log" | "cache" | "special" | "dedup" | "spare";
  readonly type: string;
  readonly disks: readonly string[];
}

/** What decides whether a step about pools, datasets and volumes has anything to do. */
export type ZfsProbe =
  /**
   * The pool does not exist, or a property of it or of its root dataset differs. One of another layout is refused; `vdevs` is
   * empty where it only must be there.
   */
  | {
      readonly kind: "pool";
      readonly pool: string;
      readonly vdevs: readonly Vdev[];
      /** Compared with a pool that is there; not declared: whatever it has. */
      readonly ashift?: number;
      readonly properties: readonly (readonly [string, string])[];
      readonly rootProperties: readonly (readonly [string, string])[];
      /** Properties of its root dataset that nobody is to have set. */
      readonly rootInherit?: readonly string[];
    }
  /** A pool that is there lacks a part that may be added to it. */
  | { readonly kind: "pool-vdev"; readonly pool: string; readonly vdev: Vdev }
  /** A disk is still part of a pool in which another one is to take its place. */
  | { readonly kind: "pool-disk"; readonly pool: string; readonly old: string; readonly new: string }
  /** The dataset, or the volume, does not exist, or a property differs from its live value. */
  | {
      readonly kind: "dataset";
      readonly dataset: string;
      readonly properties: readonly (readonly [string, string])[];
      /** Properties that nobody is to have set on it: it inherits them. */
      readonly inherit?: readonly string[];
      /** Where the key of an encrypted one is, which has to be loaded. */
      readonly key?: string;
      /** Of a volume: its size. */
      readonly bytes?: number;
    }
  /**
   * Somebody may do something else with a dataset than exactly this: with itself and those below it (`both`), with itself only, with
   * those below it only. `retired`: somebody still may do some of this. `name` is empty of those who have none.
   */
  | {
      readonly kind: "zfs-allow";
      readonly dataset: string;
      readonly holder: "user" | "group" | "everyone" | "creator" | "set";
      readonly name: string;
      readonly both: readonly string[];
      readonly local: readonly string[];
      readonly below: readonly string[];
      readonly retired?: true;
    }
  /**
   * A limit of the cache (`zfs_arc_max`, `zfs_arc_min`) of the ZFS module that runs has another value, or is not in force. `other`:
   * what is declared of the other one.
   */
  | { readonly kind: "zfs-parameter"; readonly name: string; readonly value: string; readonly other?: string };
