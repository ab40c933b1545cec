import { boolOf, datasetStorages, sectionOf, sizeOf, sizeText } from "../../plugin-api/index.js";
import type { LowerContext, Lowered, OptionSpec, Resource } from "../../plugin-api/index.js";
import { joinLowered, makeStep } from "../guest/step.js";
import { lowerDeclared } from "../storage/lower.js";
import { delegationSteps } from "./delegation.js";
import { keyOf, keyProperties, keySteps } from "./key.js";
import { datasetOptions, zvolOptions } from "./options.js";
import { blockFindings, blockProperties, joinProperties, ownProperties, propertyArguments } from "./properties.js";
import type { Properties, Property } from "./properties.js";
import { snapshotSteps } from "./snapshots.js";

/** Makes the dataset or sets the properties that differ, then defines the storages that it offers. */
export function lowerDataset(dataset: Resource, { model }: LowerContext): Lowered {
  const properties = propertiesOf(dataset, datasetOptions);
  const step = makeStep(dataset, "dataset", {
    phase: "host",
    title: `dataset ${dataset.name}`,
    probe: { kind: "dataset", dataset: dataset.name, ...probed(properties), ...keyed(dataset) },
    commands: [["zfs", "create", ...creationArguments(dataset, properties), dataset.name]],
  });
  const own: Lowered = {
    steps: [{ ...step, id: dataset.address }],
    requirements: [],
    diagnostics: blockFindings(dataset),
  };
  const storages = datasetStorages(model, dataset).map(lowerDeclared);
  return joinLowered([own, keySteps(dataset), snapshotSteps(dataset, model), delegationSteps(dataset), ...storages]);
}

/** Makes the volume, sets the properties that differ, and lets it grow. */
export function lowerZvol(zvol: Resource, { model }: LowerContext): Lowered {
  const declared = sizeOf(zvol, "size");
  if (declared === undefined) return { steps: [], requirements: [] };
  const bytes = wholeBlocks(declared, zvol);
  const properties = propertiesOf(zvol, zvolOptions);
  // ZFS keeps all that a volume may need free for a new one, unless it is sparse, and takes the word for it only later.
  const isKept = properties.set.some(isAuto);
  const sparse = boolOf(zvol, "sparse") === true && !isKept ? ["-s"] : [];
  const created = creationArguments(zvol, { ...properties, set: properties.set.filter((each) => !isAuto(each)) });
  const step = makeStep(zvol, "zvol", {
    phase: "host",
    title: `volume ${zvol.name}`,
    probe: { kind: "dataset", dataset: zvol.name, ...probed(properties), bytes, ...keyed(zvol) },
    commands: [["zfs", "create", ...sparse, "-V", sizeText(bytes), ...created, zvol.name]],
  });
  return joinLowered([
    { steps: [{ ...step, id: zvol.address }], requirements: [], diagnostics: blockFindings(zvol) },
    keySteps(zvol),
    snapshotSteps(zvol, model),
    delegationSteps(zvol),
  ]);
}

/** What a block has where nobody says it, from OpenZFS 2.2 on; a multiple of what older ones take. */
const USUAL_BLOCK = 16 * 1024;

/** The size in whole blocks: `zfs create` rounds it up itself, and `zfs set volsize` refuses any other. */
function wholeBlocks(bytes: number, zvol: Resource): number {
  const properties = sectionOf(zvol, "properties");
  const block = sizeOf(zvol, "volblocksize") ?? (properties && sizeOf(properties, "volblocksize"));
  const unit = block === undefined || block <= 0 ? USUAL_BLOCK : block;
  return Math.ceil(bytes / unit) * unit;
}

function isAuto([name, text]: Property): boolean {
  return name === "refreservation" && text === "auto";
}

function propertiesOf(dataset: Resource, options: Readonly<Record<string, OptionSpec>>): Properties {
  return joinProperties(ownProperties(dataset, options), blockProperties(dataset, "properties"));
}

function creationArguments(dataset: Resource, properties: Properties): readonly string[] {
  return propertyArguments("-o", [...properties.set, ...keyProperties(dataset, properties)]);
}

function keyed(dataset: Resource): { readonly key?: string } {
  const key = keyOf(dataset);
  return key === undefined ? {} : { key };
}

function probed({ set, inherit }: Properties): {
  readonly properties: Properties["set"];
  readonly inherit?: readonly string[];
} {
  return { properties: set, ...(inherit.length === 0 ? {} : { inherit }) };
}
