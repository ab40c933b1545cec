import { datasetOfPath, defineRule, diagnose, resourcesOf, sizeOf } from "../../../plugin-api/index.js";
import type { DeclaredStorage, Model } from "../../../plugin-api/index.js";
import { effectiveDisks } from "../disks.js";
import { bytes, factsOf, phrase, placeOf, push } from "../facts.js";
import type { Guest } from "../facts.js";
import { quotaExceeded } from "../findings/resources.js";

interface Volume {
  readonly guest: Guest;
  readonly size: number;
}

/** The disks on a dataset and below it, at their declared sizes, fit its quota. */
export const storageQuota = defineRule({
  name: "storage/quota",
  check(model, report) {
    const facts = factsOf(model);
    const limited = resourcesOf(model, "dataset").filter((dataset) => sizeOf(dataset, "quota") !== undefined);
    if (limited.length === 0) return;
    const volumes = new Map<string, Volume[]>();
    for (const guest of facts.guests) {
      for (const { size, storage } of effectiveDisks(guest, facts)) {
        if (size !== undefined && storage !== undefined) push(volumes, storage, { guest, size });
      }
    }
    const homes = [...facts.storages.values()].map((storage) => ({ id: storage.id, home: homeOf(storage, model) }));
    for (const dataset of limited) {
      const storages = homes.filter(({ home }) => home === dataset.name || home?.startsWith(`${dataset.name}/`));
      const held = storages.flatMap(({ id }) => volumes.get(id) ?? []);
      const quota = sizeOf(dataset, "quota") ?? 0;
      const sum = held.reduce((total, volume) => total + volume.size, 0);
      if (sum <= quota) continue;
      const args = { dataset: dataset.name, sum: bytes(sum), quota: bytes(quota), guests: phrase(shares(held), 20) };
      report(diagnose(quotaExceeded, placeOf(dataset, "quota"), args));
    }
  },
});

/** The dataset that a storage lies on. */
function homeOf(storage: DeclaredStorage, model: Model): string | undefined {
  return storage.pool ?? (storage.path === undefined ? undefined : datasetOfPath(model, storage.path)?.name);
}

/** `101: 32GiB` for each guest, in the order of their ids. */
function shares(volumes: readonly Volume[]): readonly string[] {
  const byGuest = new Map<Guest, number>();
  for (const { guest, size } of volumes) byGuest.set(guest, (byGuest.get(guest) ?? 0) + size);
  return [...byGuest]
    .toSorted(([a], [b]) => (a.resource.id ?? 0) - (b.resource.id ?? 0))
    .map(([guest, size]) => `${guest.resource.id}: ${bytes(size)}`);
}
