import { boolOf, defineRule, diagnose, stringOf } from "../../../plugin-api/index.js";
import type { DeclaredStorage } from "../../../plugin-api/index.js";
import { effectiveDisks } from "../disks.js";
import { factsOf } from "../facts.js";
import type { Facts, Guest } from "../facts.js";
import { snapshotOfRawDisk, snapshotOnPlainStorage } from "../findings/snapshots.js";

/** Storages that keep volumes as files, where only the format qcow2 has snapshots; a new disk is raw unless they say otherwise. */
const OF_FILES: readonly string[] = ["dir", "nfs", "cifs"];
/** Storages that have none at all. */
const PLAIN: readonly string[] = ["lvm", "iscsi", "iscsidirect"];

/** Proxmox refuses a snapshot when one of the volumes can have none. */
export const snapshotStorage = defineRule({
  name: "snapshot/storage",
  check(model, report) {
    const facts = factsOf(model);
    for (const guest of facts.guests) {
      const [first] = guest.snapshots;
      if (first === undefined || guest.template || guest.mounts.length > 0) continue;
      const found = unable(guest, facts);
      if (found === undefined) continue;
      const { kind, disk, section, storage, type } = found;
      const related = [{ span: section.headSpan, message: "the disk" }];
      report(diagnose(kind, first.section.headSpan, { guest: guest.label, disk, storage, type }, { related }));
    }
  },
});

/** The first disk of which no snapshot can be taken. */
function unable(guest: Guest, facts: Facts) {
  for (const { name, storage, section } of effectiveDisks(guest, facts)) {
    const declared = storage === undefined ? undefined : facts.storages.get(storage);
    if (declared === undefined || hasChains(declared)) continue;
    const { id, type } = declared;
    if (PLAIN.includes(type)) return { kind: snapshotOnPlainStorage, disk: name, section, storage: id, type };
    // A clone's disk has the format of its source's, or qcow2 where it is linked; containers have a rule of their own.
    const isNew = guest.resource.kind === "vm" && guest.clone === undefined;
    if (isNew && OF_FILES.includes(type) && stringOf(declared.section, "format") !== "qcow2")
      return { kind: snapshotOfRawDisk, disk: name, section, storage: id, type };
  }
  return undefined;
}

/** The storage keeps snapshots as chains of volumes, in formats of its own. */
function hasChains({ section }: DeclaredStorage): boolean {
  return boolOf(section, "snapshot-as-volume-chain") === true;
}
