import { boolOf, defineRule, diagnose, resourcesOf, sectionOf, settingOf, sizeOf } from "../../../plugin-api/index.js";
import type { Model, Resource, Setting } from "../../../plugin-api/index.js";
import { bytes } from "../facts.js";
import { keptBeyondQuota, quotaBeyondQuota } from "../findings/zfs.js";

/** A size that is declared of a dataset, with its place. */
interface Declared {
  readonly dataset: string;
  readonly size: number;
  readonly span: Setting["span"];
}

/** What is kept free for a dataset fits its quota and those above it; a quota is below those above it. */
export const zfsLimits = defineRule({
  name: "zfs/limits",
  check(model, report) {
    const quotas = new Map(
      [...resourcesOf(model, "dataset"), ...resourcesOf(model, "pool")].flatMap((dataset) =>
        sizesOf(dataset, "quota").map((quota) => [dataset.name, quota] as const),
      ),
    );
    if (quotas.size === 0) return;
    for (const { dataset, size, span } of kept(model)) {
      const limit = lowest([dataset, ...above(dataset)], quotas);
      if (limit === undefined || size <= limit.size) continue;
      const args = { dataset, kept: bytes(size), limited: limit.dataset, quota: bytes(limit.size) };
      report(diagnose(keptBeyondQuota, span, args, { related: [{ span: limit.span, message: "the quota" }] }));
    }
    for (const { dataset, size, span } of quotas.values()) {
      const limit = lowest(above(dataset), quotas);
      if (limit === undefined || size <= limit.size) continue;
      const args = { dataset, quota: bytes(size), limited: limit.dataset, above: bytes(limit.size) };
      report(diagnose(quotaBeyondQuota, span, args, { related: [{ span: limit.span, message: "the other quota" }] }));
    }
  },
});

/** What is kept free: reservations, and the size of each volume that is not sparse. */
function kept(model: Model): readonly Declared[] {
  const datasets = [...resourcesOf(model, "dataset"), ...resourcesOf(model, "zvol")];
  const reserved = datasets.flatMap((dataset) => [
    ...sizesOf(dataset, "reservation"),
    ...sizesOf(dataset, "refreservation"),
  ]);
  const volumes = resourcesOf(model, "zvol").filter((zvol) => boolOf(zvol, "sparse") !== true && !isReserved(zvol));
  return [...reserved, ...volumes.flatMap((zvol) => sizesOf(zvol, "size"))];
}

function isReserved(zvol: Resource): boolean {
  return settingOf(zvol, "refreservation") !== undefined;
}

/** A size by its name, as an attribute or in the block of properties. */
function sizesOf(dataset: Resource, name: string): readonly Declared[] {
  const section = settingOf(dataset, name) === undefined ? sectionOf(dataset, "properties") : dataset;
  const setting = section === undefined ? undefined : settingOf(section, name);
  const size = section === undefined ? undefined : sizeOf(section, name);
  return size === undefined || setting === undefined ? [] : [{ dataset: dataset.name, size, span: setting.span }];
}

/** The names of the datasets above, the nearest first. */
function above(dataset: string): readonly string[] {
  const parts = dataset.split("/");
  return parts.slice(1).map((_, i) => parts.slice(0, parts.length - 1 - i).join("/"));
}

function lowest(names: readonly string[], quotas: ReadonlyMap<string, Declared>): Declared | undefined {
  const found = names.flatMap((name) => quotas.get(name) ?? []);
  return found.toSorted((a, b) => a.size - b.size)[0];
}
