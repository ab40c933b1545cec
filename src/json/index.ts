import type { Diagnostic, Result } from "../diagnostics/diagnostic.js";
import type { Document, Item } from "../syntax/ast.js";
import { type SourceFile, span } from "../text/source.js";
import { type Groups, noGroups, reportFates } from "./account.js";
import { containerBlock } from "./containers.js";
import type { ConfD } from "./conf-d.js";
import { type Context, findGuests } from "./context.js";
import { hostBlocks, networkBlocks } from "./convert-network.js";
import { checkStorageIds, datasetBlocks, findDatasets, poolBlocks } from "./convert-storage.js";
import { exportBlocks, shareBlocks } from "./convert-shares.js";
import { CONFIG_FIELDS, STACK_MANIFEST_FIELDS } from "./fields.js";
import { checkEnvironments, clusterFirewall } from "./firewall.js";
import { imageBlocks, imageOf } from "./images.js";
import { oncePerPlace } from "./layers.js";
import { loadFiles } from "./load.js";
import type { JsonIo } from "./loaded.js";
import { checkDiskDefault, machineBlock } from "./machines.js";
import { usedBridges } from "./nets.js";
import { checkUncompiled } from "./shared.js";
import { survey, surveyLayer } from "./survey.js";
import type { CheckShape } from "./validate.js";

export type { JsonIo } from "./loaded.js";

/** What the JSON front end makes of a configuration. */
export interface JsonDocument {
  /** Ordinary blocks; their spans point into the JSON files, of which there may be several. */
  readonly document: Document;
  /** The files that the plan follows from, entry first, as they were read. */
  readonly files: readonly SourceFile[];
  /** Whether a file has another shape than it should, and nobody was there to say what is wrong with it. */
  readonly isUnjudged: boolean;
}

/**
 * Reads a Phoenix configuration: `phoenix_hypervisor_config.json` with all that it leads to, or a file of containers or
 * virtual machines alone. Every field is compiled or reported. When a file is not valid JSON the document holds nothing but
 * an error, so that nothing else is found missing. `checkShape` is needed only for files of another shape than they should have.
 */
export function readJson(entry: SourceFile, io: JsonIo, checkShape?: CheckShape): Result<JsonDocument> {
  const diagnostics: Diagnostic[] = [];
  const report = (finding: Diagnostic): void => void diagnostics.push(finding);
  const loaded = loadFiles(entry, io, report);
  const { files, modular, stacks } = loaded;
  const sources = files.filter(({ isInput }) => isInput).map(({ source }) => source);
  const at = span(loaded.entry.shown, 0, entry.text.length);
  const inputs = files.filter(({ isInput }) => isInput);
  if (inputs.some(({ tree }) => tree === undefined)) {
    return {
      value: {
        document: { span: at, items: [{ type: "error", span: at }], comments: [] },
        files: sources,
        isUnjudged: false,
      },
      diagnostics,
    };
  }
  const described = files.flatMap(({ tree, schema }) =>
    tree === undefined || schema === "layer"
      ? []
      : [{ tree, schema, fields: schema === "config" ? CONFIG_FIELDS : STACK_MANIFEST_FIELDS }],
  );
  const groups = noGroups();
  const misfits = described.filter(({ tree, fields }) => !survey(tree, fields, groups));
  const isFit = modularFits(modular, groups) && misfits.length === 0;
  if (!isFit && checkShape !== undefined) {
    for (const { tree, schema } of described) checkShape(schema, tree, report);
    checkModular(modular, checkShape, report);
  }
  const own = inputs.flatMap(({ tree, schema }) => (tree === undefined || schema !== "config" ? [] : [tree]));
  const trees = [...own, ...modular.guests];
  const context: Context = { report, files: trees, stacks, guests: findGuests(trees) };
  const items = convert(context);
  reportFates(groups, report);
  const isUnjudged = !isFit && checkShape === undefined;
  return { value: { document: { span: at, items, comments: [] }, files: sources, isUnjudged }, diagnostics };
}

/** Whether no layer has anything of another shape, and no guest lacks anything with all of its layers. */
function modularFits({ guests, layers }: ConfD, groups: Groups): boolean {
  const misfits = findGuests(layers).filter((layer) => !surveyLayer(layer, groups));
  // What of a guest is not compiled stands in its layers.
  return guests.every((tree) => survey(tree, CONFIG_FIELDS, noGroups())) && misfits.length === 0;
}

/** Each layer by itself, then what is missing when all layers of a guest are there. */
function checkModular({ guests, layers }: ConfD, checkShape: CheckShape, report: (finding: Diagnostic) => void): void {
  const once = oncePerPlace(report);
  for (const tree of layers) checkShape("config", tree, once, "layer");
  for (const tree of guests) checkShape("config", tree, once, "holes");
}

/** Everything that a configuration declares, in the order in which a reader would write it. */
function convert(context: Context): readonly Item[] {
  const datasets = findDatasets(context);
  checkStorageIds(context, datasets);
  checkUncompiled(context);
  checkDiskDefault(context);
  checkEnvironments(context);
  const images = new Map(context.guests.map((guest) => [guest, imageOf(context, guest, datasets)]));
  return [
    ...hostBlocks(context),
    ...networkBlocks(context, usedBridges(context)),
    ...clusterFirewall(context),
    ...poolBlocks(context),
    ...datasetBlocks(context, datasets),
    ...exportBlocks(context),
    ...shareBlocks(context),
    ...imageBlocks([...images.values()]),
    ...context.guests.map((guest) =>
      guest.kind === "ct"
        ? containerBlock(context, guest, images.get(guest))
        : machineBlock(context, guest, images.get(guest)),
    ),
  ];
}
