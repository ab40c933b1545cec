import { jsonCannotRead, jsonNoManifest } from "../diagnostics/catalogue/json-text.js";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic.js";
import { type SourceFile, span } from "../text/source.js";
import { type ConfD, readConfD } from "./conf-d.js";
import { findGuests } from "./context.js";
import { stacksOf } from "./firewall.js";
import { beside, type JsonIo, load, type Loaded } from "./loaded.js";
import { member, textOf } from "./read.js";
import type { JsonObject } from "./tree.js";

export interface LoadedFiles {
  readonly entry: Loaded;
  readonly files: readonly Loaded[];
  /** The guests of `conf.d`; its files are among the files. */
  readonly modular: ConfD;
  readonly stacks: ReadonlyMap<string, JsonObject>;
}

/** The file that describes the stacks of all guests; the plan uses none of it, but it may hold secrets. */
const STACKS_FILE = "phoenix_stacks_config.json";

/** Reads the entry and all files that it leads to: the two of `core_paths`, the folder `conf.d`, and the manifests of the stacks. */
export function loadFiles(entry: SourceFile, io: JsonIo, report: (finding: Diagnostic) => void): LoadedFiles {
  const first = load(entry, "config", report);
  const seen = new Set([entry.path]);
  const files = [first, ...coreFiles(first, io, seen, report)];
  const unread = io.read(beside(entry.path, STACKS_FILE));
  if (unread !== undefined && !seen.has(unread.path)) files.push({ ...load(unread, "config", report), isInput: false });
  const modular = readConfD(entry.path, span(first.shown, 0, 1), io, report);
  files.push(...modular.files);
  const stacks = new Map<string, JsonObject>();
  const trees = [...files.flatMap(({ tree, schema }) => (schema === "layer" ? [] : (tree ?? []))), ...modular.guests];
  for (const { name, node } of findGuests(trees).flatMap(stacksOf)) {
    if (stacks.has(name)) continue;
    const path = `stacks/${name}/phoenix.json`;
    const source = isPlainName(name) ? readManifest(entry.path, path, io) : undefined;
    if (source === undefined) {
      report(diagnose(jsonNoManifest, node.span, { stack: name, path }));
      continue;
    }
    const manifest = load(source, "stack", report);
    files.push(manifest);
    if (manifest.tree !== undefined) stacks.set(name, manifest.tree);
  }
  return { entry: first, files, modular, stacks };
}

function coreFiles(
  entry: Loaded,
  io: JsonIo,
  seen: Set<string>,
  report: (finding: Diagnostic) => void,
): readonly Loaded[] {
  const paths = member(entry.tree, "core_paths")?.value;
  return ["lxc_config_file", "vm_config_file"].flatMap((name) => {
    const field = member(paths, name);
    const path = textOf(field?.value);
    if (field === undefined || path === undefined) return [];
    const fallback = beside(entry.source.path, path.slice(path.lastIndexOf("/") + 1));
    const named = path.startsWith("/") ? path : beside(entry.source.path, path);
    const source = io.read(named) ?? io.read(fallback);
    if (source === undefined) {
      report(diagnose(jsonCannotRead, field.value.span, { path, beside: fallback }));
      return [];
    }
    if (seen.has(source.path)) return [];
    seen.add(source.path);
    return [load(source, "config", report)];
  });
}

/** The manifest beside the entry; in the existing system's tree the stacks lie one folder up. */
function readManifest(entry: string, path: string, io: JsonIo): SourceFile | undefined {
  return io.read(beside(entry, path)) ?? io.read(beside(entry, `../${path}`));
}

/** Nothing that could lead out of the folder of stacks. */
function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name);
}
