import { boolOf, datasetStorages, sizeOf, sizeText } from "../../plugin-api/index.js";
import type { Lowered, Resource } from "../../plugin-api/index.js";
import { joinLowered, makeStep } from "../guest/step.js";
import { lowerDeclared } from "../storage/lower.js";
import { datasetOptions, zvolOptions } from "./options.js";
import { blockProperties, joinProperties, ownProperties, propertyArguments } from "./properties.js";
import type { Properties } from "./properties.js";

/** Makes the dataset or sets the properties that differ, then defines the storages that it offers. */
export function lowerDataset(dataset: Resource): Lowered {
  const properties = joinProperties(ownProperties(dataset, datasetOptions), blockProperties(dataset, "properties"));
  const step = makeStep(dataset, "dataset", {
    phase: "host",
    title: `dataset ${dataset.name}`,
    probe: { kind: "dataset", dataset: dataset.name, ...probed(properties) },
    commands: [["zfs", "create", ...propertyArguments("-o", properties.set), dataset.name]],
  });
  const own: Lowered = { steps: [{ ...step, id: dataset.address }], requirements: [] };
  return joinLowered([own, ...datasetStorages(dataset).map(lowerDeclared)]);
}

/** Makes the volume, sets the properties that differ, and lets it grow. */
export function lowerZvol(zvol: Resource): Lowered {
  const bytes = sizeOf(zvol, "size");
  if (bytes === undefined) return { steps: [], requirements: [] };
  const properties = joinProperties(ownProperties(zvol, zvolOptions), blockProperties(zvol, "properties"));
  const sparse = boolOf(zvol, "sparse") === true ? ["-s"] : [];
  const step = makeStep(zvol, "zvol", {
    phase: "host",
    title: `volume ${zvol.name}`,
    probe: { kind: "dataset", dataset: zvol.name, ...probed(properties), bytes },
    commands: [
      ["zfs", "create", ...sparse, "-V", sizeText(bytes), ...propertyArguments("-o", properties.set), zvol.name],
    ],
  });
  return { steps: [{ ...step, id: zvol.address }], requirements: [] };
}

function probed({ set, inherit }: Properties): {
  readonly properties: Properties["set"];
  readonly inherit?: readonly string[];
} {
  return { properties: set, ...(inherit.length === 0 ? {} : { inherit }) };
}
