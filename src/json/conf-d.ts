import { jsonLayerId, jsonStrayLayer } from "../diagnostics/catalogue/json-layers.js";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic.js";
import { span, type Span } from "../text/source.js";
import { chainOf, type Layer, type Layers, oncePerPlace, reportUnused } from "./layers.js";
import { beside, type JsonIo, load, type Loaded } from "./loaded.js";
import { emptyAt, mergeObjects } from "./merge.js";
import { textOf } from "./read.js";
import type { JsonMember, JsonNode, JsonObject } from "./tree.js";

/**
 * The modular form of a configuration: `conf.d` beside the entry. A guest is what `defaults/lxc_base.json` (`vm_base.json`), the
 * profiles of its list `profiles` in their order (`defaults/profile_NAME.json`), and its own file (`lxc/ID_LABEL.json`,
 * `vm/ID_LABEL.json`) say, the later over the earlier. Guests of other files have no layers.
 */
export interface ConfD {
  /** All files that were read. */
  readonly files: readonly Loaded[];
  /** Each guest as a configuration that holds nothing else. */
  readonly guests: readonly JsonObject[];
  /** Each file that a guest has, once for each kind of guest that has it, as a configuration of a guest with holes. */
  readonly layers: readonly JsonObject[];
}

type Kind = "lxc" | "vm";
type Report = (finding: Diagnostic) => void;

const FOLDERS = ["defaults", "lxc", "vm"] as const;
const FORMS: Readonly<Record<(typeof FOLDERS)[number], string>> = {
  defaults: "files here are `lxc_base.json`, `vm_base.json` and `profile_NAME.json`",
  lxc: "files here are `ID_LABEL.json`, with the id of a container",
  vm: "files here are `ID_LABEL.json`, with the id of a virtual machine",
};
const GUEST_FILE = /^([1-9]\d{2,8})(?:[_-].*)?\.json$/;
const DEFAULTS_FILE = /^(?:lxc_base|vm_base|profile_(.+))\.json$/;

/** What stands beside the configuration without being a part of it. */
const OTHER = /^\.|~$|\.(?:bak|md|txt)$/i;

/** Reads `conf.d`; there is nothing in it where there is none. `at`: where findings about folders point. */
export function readConfD(entry: string, at: Span, io: JsonIo, report: Report): ConfD {
  const folder = beside(entry, "conf.d");
  const inside = io.list(folder);
  if (inside === undefined) return { files: [], guests: [], layers: [] };
  for (const name of inside) {
    const isKnown = FOLDERS.some((known) => known === name);
    const form = "`conf.d` holds the folders `defaults`, `lxc` and `vm`";
    if (!isKnown && !OTHER.test(name)) report(diagnose(jsonStrayLayer, at, { path: `${folder}/${name}`, form }));
  }
  const found = FOLDERS.flatMap((name) => filesIn(`${folder}/${name}`, name, io, report));
  const once = oncePerPlace(report);
  const layers = layersOf(found, folder, once);
  const { guests, parts } = compose(found, layers, once);
  reportUnused(layers, report);
  return { files: found.map(({ file }) => file), guests, layers: parts };
}

interface Found {
  readonly folder: (typeof FOLDERS)[number];
  readonly name: string;
  readonly path: string;
  readonly file: Loaded;
}

function filesIn(path: string, folder: Found["folder"], io: JsonIo, report: Report): readonly Found[] {
  const pattern = folder === "defaults" ? DEFAULTS_FILE : GUEST_FILE;
  return (io.list(path) ?? []).toSorted(byNumber).flatMap((name) => {
    if (OTHER.test(name)) return [];
    const source = io.read(`${path}/${name}`);
    if (source === undefined) return [];
    if (pattern.test(name)) return [{ folder, name, path: source.path, file: load(source, "layer", report) }];
    report(diagnose(jsonStrayLayer, span(source, 0, 0), { path: source.path, form: FORMS[folder] }));
    return [];
  });
}

/** Guests by id. */
function byNumber(a: string, b: string): number {
  return Number.parseInt(a, 10) - Number.parseInt(b, 10) || 0;
}

/** The files that can be layers of others. */
function layersOf(found: readonly Found[], folder: string, report: Report): Layers {
  const profiles = new Map<string, Layer>();
  const bases = new Map<string, Layer>();
  for (const { folder: inside, name, file } of found) {
    if (inside !== "defaults" || file.tree === undefined) continue;
    const [, profile] = DEFAULTS_FILE.exec(name) ?? [];
    if (profile === undefined) bases.set(name.replace("_base.json", ""), { name, tree: file.tree });
    else profiles.set(profile, { name: profile, tree: file.tree });
  }
  return { profiles, bases, used: new Set(), folder: `${folder}/defaults`, report };
}

/** The guests, each with all of its layers, and the layers by themselves. */
function compose(found: readonly Found[], layers: Layers, report: Report) {
  const parts = new Map<string, JsonObject>();
  const guests = found.flatMap(({ folder: kind, name, path, file: { tree } }) => {
    const [, digits] = GUEST_FILE.exec(name) ?? [];
    if (kind === "defaults" || digits === undefined || tree === undefined) return [];
    const id = identity(kind, tree, { path, named: Number(digits) }, report);
    const chain = chainOf(layers, kind, { name, tree }).map((layer) => ({ ...layer, tree: fieldsOf(layer.tree) }));
    for (const layer of chain) {
      const { file } = layer.tree.span;
      const alone = mergeObjects(emptyAt(layer.tree), layer.tree, () => {});
      parts.set(`${kind} ${file.path}`, configOf(kind, id, alone));
    }
    const merged = chain.reduce((below, layer) => mergeObjects(below, layer.tree, report), emptyAt(tree));
    return [configOf(kind, id, merged)];
  });
  return { guests, parts: [...parts.values()] };
}

/** What a layer says of a guest; the rest says which guest and which layers. */
function fieldsOf(tree: JsonObject): JsonObject {
  const members = new Map([...tree.members].filter(([name]) => !["profiles", "ctid", "vmid"].includes(name)));
  return { ...tree, members };
}

interface Identity {
  readonly value: number;
  readonly span: Span;
}

/** The id that the file's name says; inside it may be repeated. */
function identity(
  kind: Kind,
  tree: JsonObject,
  { path, named }: { readonly path: string; readonly named: number },
  report: Report,
): Identity {
  const own = tree.members.get(kind === "lxc" ? "ctid" : "vmid");
  const { file, start } = tree.span;
  if (own === undefined) return { value: named, span: span(file, start, start + 1) };
  const id = textOf(own.value) ?? "?";
  if (id !== String(named)) report(diagnose(jsonLayerId, own.value.span, { path, named, id }));
  return { value: named, span: own.value.span };
}

/** A guest as the file of all guests of its kind would have it. */
function configOf(kind: Kind, id: Identity, guest: JsonObject): JsonObject {
  const number: JsonNode = { type: "number", span: id.span, value: id.value };
  const named = (name: string, value: JsonNode): JsonMember => ({ name, nameSpan: id.span, value, span: guest.span });
  const object = (...members: readonly JsonMember[]): JsonObject => ({
    type: "object",
    span: guest.span,
    members: new Map(members.map((member) => [member.name, member])),
  });
  if (kind === "lxc") return object(named("lxc_configs", object(named(String(id.value), guest))));
  const machine = { ...guest, members: new Map([["vmid", named("vmid", number)], ...guest.members]) };
  return object(named("vms", { type: "array", span: guest.span, items: [machine] }));
}
