import type { ModelSource } from "../model/resource.js";
import type { Document, ImportItem, Item } from "../syntax/ast.js";
import { importCycle, importFailed, importOutside } from "../diagnostics/catalogue/semantics.js";
import { describeFailure } from "../text/files.js";
import { report } from "./context.js";
import type { Context } from "./context.js";
import type { SourceDocument } from "./input.js";
import { entryPath, resolvePath } from "./paths.js";

/** All files of a compilation. */
export interface Files {
  /** The items of all files in the order of reading: those of an import stand where it stands. */
  readonly items: readonly Item[];
  /** Entry first, each once. */
  readonly sources: readonly ModelSource[];
}

interface Loading {
  readonly ctx: Context;
  readonly items: Item[];
  readonly documents: SourceDocument[];
  readonly loaded: Set<string>;
  /** Files whose imports are being followed, outermost first. */
  readonly path: string[];
}

/** Follows the imports of the entry; what cannot be imported is reported at its import. */
export function loadFiles(ctx: Context, entry: SourceDocument): Files {
  const loading: Loading = { ctx, items: [], documents: [], loaded: new Set(), path: [] };
  addDocument(loading, entry);
  const sources = new Map<string, ModelSource>();
  for (const { source, parts } of loading.documents) {
    for (const part of [source, ...(parts ?? [])]) {
      if (!sources.has(part.path)) sources.set(part.path, part);
    }
  }
  return { items: loading.items, sources: [...sources.values()] };
}

function addDocument(loading: Loading, source: SourceDocument): void {
  const { ctx, path, items } = loading;
  const name = source.file.path;
  loading.loaded.add(name);
  loading.documents.push(source);
  ctx.findings.push(...(source.diagnostics ?? []));
  path.push(name);
  for (const item of itemsOf(source.document)) {
    if (item.type === "import") followImport(loading, item);
    else items.push(item);
  }
  path.pop();
}

function itemsOf(document: Document): readonly Item[] {
  return document.items;
}

function followImport(loading: Loading, item: ImportItem): void {
  const { ctx } = loading;
  const written = plainPath(item);
  if (written === undefined) return;
  const path = resolvePath(item.span.file.path, written);
  if (path === undefined) {
    ctx.state.isIncomplete = true;
    return report(ctx, importOutside, item.path.span, { path: written });
  }
  const names = ctx.io.listFolder(path);
  if (names === undefined) return importFile(loading, item, path);
  const files = names.filter((name) => name.endsWith(".phx")).map((name) => entryPath(path, name));
  if (files.length === 0)
    report(ctx, importFailed, item.path.span, { path, problem: "the folder holds no *.phx file" });
  // The file that imports its own folder is one of its files, and no cycle.
  for (const file of files.toSorted()) if (file !== item.span.file.path) importFile(loading, item, file);
}

/** An import names a file, so that its path is plain text. */
function plainPath({ path }: ImportItem): string | undefined {
  return path.parts.every((part) => typeof part === "string") ? path.parts.join("") : undefined;
}

function importFile(loading: Loading, item: ImportItem, path: string): void {
  const { ctx } = loading;
  const isKnown = loading.path.includes(path) || loading.loaded.has(path);
  const source = isKnown ? undefined : ctx.io.load(path);
  if (source !== undefined && "error" in source) {
    ctx.state.isIncomplete = true;
    return report(ctx, importFailed, item.path.span, { path, problem: describeFailure(source.error) });
  }
  // Through links, one file has several paths: the one that it was loaded with counts.
  const name = source?.file.path ?? path;
  if (loading.path.includes(name)) {
    const chain = [...loading.path.slice(loading.path.indexOf(name)), name];
    return report(ctx, importCycle, item.path.span, { chain });
  }
  if (source !== undefined && !loading.loaded.has(name)) addDocument(loading, source);
}
