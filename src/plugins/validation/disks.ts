import type { GuestDisk, Section } from "../../plugin-api/index.js";
import { cloneChain } from "./facts.js";
import type { Facts, Guest } from "./facts.js";

/** A disk as a guest has it: what it declares, completed by what its clone source has in the same place. */
export interface EffectiveDisk {
  readonly key: string;
  readonly name: string;
  /** In bytes. */
  readonly size: number | undefined;
  readonly storage: string | undefined;
  /** The block that says most about it. */
  readonly section: Section;
}

/** The disks of a guest, those that it inherits as a clone included. */
export function effectiveDisks(guest: Guest, facts: Facts): readonly EffectiveDisk[] {
  const disks = new Map<string, EffectiveDisk>();
  for (const owner of [guest, ...cloneChain(guest, facts)]) {
    for (const disk of owner.disks) {
      const key = diskKey(disk);
      const known = disks.get(key);
      disks.set(key, {
        key,
        name: known?.name ?? disk.name,
        size: known?.size ?? disk.size,
        storage: known?.storage ?? disk.storage,
        section: known?.section ?? disk.section,
      });
    }
  }
  return [...disks.values()];
}

/** What makes two disks the same one: where a container mounts it, for all others the slot. */
export function diskKey(disk: GuestDisk): string {
  return disk.at ?? disk.slot;
}
