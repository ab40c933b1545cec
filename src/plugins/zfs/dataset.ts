import { datasetStorages, valueOf } from "../../plugin-api/index.js";
import type { Lowered, Resource } from "../../plugin-api/index.js";
import { joinLowered, makeStep } from "../guest/step.js";
import { lowerDeclared } from "../storage/lower.js";
import { datasetOptions } from "./options.js";
import { freeProperties, propertyArguments, zfsValue } from "./properties.js";
import type { Property } from "./properties.js";

/** Makes the dataset or sets the properties that differ, then defines the storages that it offers. */
export function lowerDataset(dataset: Resource): Lowered {
  const properties = [...ownProperties(dataset), ...freeProperties(dataset, "properties")];
  const step = makeStep(dataset, "dataset", {
    phase: "host",
    title: `dataset ${dataset.name}`,
    probe: { kind: "dataset", dataset: dataset.name, properties },
    commands: [["zfs", "create", ...propertyArguments("-o", properties), dataset.name]],
  });
  const own: Lowered = { steps: [{ ...step, id: dataset.address }], requirements: [] };
  return joinLowered([own, ...datasetStorages(dataset).map(lowerDeclared)]);
}

/** Properties that the declaration names; undeclared ones keep what they inherit. */
function ownProperties(dataset: Resource): readonly Property[] {
  return Object.entries(datasetOptions).flatMap(([name, spec]): readonly Property[] => {
    const value = valueOf(dataset, name);
    return spec.pve === undefined || value === undefined ? [] : [[spec.pve, zfsValue(value)]];
  });
}
