import { jsonProfileCycle, jsonProfileUnused, jsonUnknownProfile } from "../diagnostics/catalogue/json-layers.js";
import { jsonWrongType } from "../diagnostics/catalogue/json-text.js";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import { span } from "../text/source.js";
import type { JsonNode, JsonObject } from "./tree.js";

/** A file that lies below others, or the file of a guest. */
export interface Layer {
  /** Of a profile, its name; of any other file, the file's. */
  readonly name: string;
  readonly tree: JsonObject;
}

/** The files of `defaults`. */
export interface Layers {
  readonly profiles: ReadonlyMap<string, Layer>;
  /** By kind of guest. */
  readonly bases: ReadonlyMap<string, Layer>;
  /** Profiles that a guest has turned out to have. */
  readonly used: Set<Layer>;
  readonly folder: string;
  /** Takes the same finding twice: several guests may have one profile. */
  readonly report: (finding: Diagnostic) => void;
}

/** All layers of a guest, lowest first, each once: the base, the profiles in the order of its list, its own file. */
export function chainOf(layers: Layers, kind: string, own: Layer): readonly Layer[] {
  const chain: Layer[] = [];
  const base = layers.bases.get(kind);
  if (base !== undefined) collect(layers, base, [], chain);
  collect(layers, own, [], chain);
  return chain;
}

/** What a file includes comes before itself. */
function collect(layers: Layers, layer: Layer, path: readonly Layer[], chain: Layer[]): void {
  if (chain.includes(layer)) return;
  for (const node of namesIn(layers, layer.tree.members.get("profiles")?.value)) {
    const next = layers.profiles.get(node.value);
    if (next === undefined) {
      reportUnknown(layers, node);
      continue;
    }
    layers.used.add(next);
    const inner = [...path, layer];
    if (inner.includes(next)) reportCycle(layers, inner.slice(inner.indexOf(next)));
    else collect(layers, next, inner, chain);
  }
  chain.push(layer);
}

type NameNode = Extract<JsonNode, { type: "string" }>;

/** The elements of `profiles`; what is no list of names is reported. */
function namesIn({ report }: Layers, list: JsonNode | undefined): readonly NameNode[] {
  if (list === undefined || list.type === "null") return [];
  const items = list.type === "array" ? list.items : [list];
  return items.flatMap((item) => {
    if (list.type === "array" && item.type === "string") return [item];
    const found = item.type === "string" ? "a text" : "something else";
    report(diagnose(jsonWrongType, item.span, { field: "profiles", expected: "a list of names of profiles", found }));
    return [];
  });
}

function reportUnknown({ profiles, folder, report }: Layers, node: NameNode): void {
  const better = didYouMean(node.value, profiles.keys());
  const inner = span(node.span.file, node.span.start + 1, node.span.end - 1);
  const fix = better === undefined ? {} : { fix: { title: `write \`${better}\``, span: inner, replacement: better } };
  const path = `${folder}/profile_${node.value}.json`;
  report(diagnose(jsonUnknownProfile, node.span, { name: node.value, path, suggestion: better }, fix));
}

/** A cycle is one finding, wherever it was entered: at the profile of it whose name comes first. */
function reportCycle({ report }: Layers, ring: readonly Layer[]): void {
  const names = ring.map(({ name }) => name);
  const start = names.indexOf(names.toSorted()[0] ?? "");
  const turned = [...ring.slice(start), ...ring.slice(0, start)];
  const places = turned.map(({ name, tree }, index) => {
    const next = turned[(index + 1) % turned.length]?.name ?? name;
    const list = tree.members.get("profiles")?.value;
    const node =
      list?.type === "array" ? list.items.find((item) => item.type === "string" && item.value === next) : list;
    return { span: (node ?? tree).span, message: `\`${name}\` includes \`${next}\` here` };
  });
  const [first, ...related] = places;
  const chain = [...turned, ...turned.slice(0, 1)].map(({ name }) => name);
  if (first !== undefined) report(diagnose(jsonProfileCycle, first.span, { chain }, { related }));
}

/** Profiles that no guest has. */
export function reportUnused({ profiles, used }: Layers, report: (finding: Diagnostic) => void): void {
  for (const [name, layer] of profiles) {
    const { file, start } = layer.tree.span;
    if (!used.has(layer)) report(diagnose(jsonProfileUnused, span(file, start, start + 1), { name }));
  }
}

/** Passes each finding on once: what stands in one file is found again with every guest that has it. */
export function oncePerPlace(report: (finding: Diagnostic) => void): (finding: Diagnostic) => void {
  const seen = new Set<string>();
  return (finding) => {
    const { code, span: at, message } = finding;
    const key = JSON.stringify([code, at.file.path, at.start, message]);
    if (!seen.has(key)) report(finding);
    seen.add(key);
  };
}
