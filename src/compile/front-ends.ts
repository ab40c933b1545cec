import type { LoadFailure, SourceDocument } from "../checker/input.js";
import type { CheckShape } from "../json/validate.js";
import type { ModelSource } from "../model/resource.js";
import { sourceOf } from "../text/files.js";
import type { Files } from "../text/files.js";
import { sourceFile } from "../text/source.js";
import type { SourceFile } from "../text/source.js";

/** Reads files with the front end that fits them. */
export interface FrontEnds {
  /** A file that needs a front end which is not loaded yet counts as missing, and makes them incomplete. */
  readonly load: (path: string) => SourceDocument | LoadFailure;
  readonly incomplete: () => boolean;
  /** Loads the front ends that were missing. */
  readonly complete: () => Promise<void>;
}

type Front = "phx" | "json" | "shapes";

/** Undefined when it takes the shapes of JSON files to read the file. */
type Reader = (file: SourceFile, source: ModelSource) => SourceDocument | undefined;

/** Front ends are loaded when a file needs them: each brings a library that costs more than the rest of a run. */
export function frontEnds(files: Files): FrontEnds {
  const readers = new Map<Front, Reader>();
  const missing = new Set<Front>();
  const documents = new Map<string, SourceDocument>();
  const owners: Owners = new Map();
  const load = (path: string): SourceDocument | LoadFailure => {
    const known = documents.get(path);
    if (known !== undefined) return known;
    const read = files.read(path);
    if (!read.ok) return { error: read.reason };
    const front = frontOf(path, read.text);
    const reader = readers.get(front);
    if (reader === undefined) {
      missing.add(front);
      return { error: "missing" };
    }
    const document = reader(sourceFile(path, read.text), sourceOf(path, read));
    if (document === undefined) {
      missing.add("shapes");
      return { error: "missing" };
    }
    documents.set(path, document);
    return document;
  };
  return {
    load,
    incomplete: () => missing.size > 0,
    complete: async () => {
      if (missing.has("phx")) readers.set("phx", await phxReader());
      if (missing.has("json")) readers.set("json", await jsonReader(files, owners));
      if (missing.has("shapes")) readers.set("json", await judgingReader(files, owners));
      missing.clear();
    },
  };
}

/** By the name's extension; where that says nothing, a file that begins as a JSON object is one. */
function frontOf(path: string, text: string): Front {
  if (path.endsWith(".phx")) return "phx";
  if (path.endsWith(".json")) return "json";
  return /^\uFEFF?\s*\{/.test(text) ? "json" : "phx";
}

async function phxReader(): Promise<Reader> {
  const { parse } = await import("../parser/index.js");
  return (file, source) => {
    const { value, diagnostics } = parse(file);
    return { file, document: value, source, diagnostics };
  };
}

/** Files of one folder have one conf.d: it belongs to the first of them. */
type Owners = Map<string, string>;

/** As {@link jsonReader}, for files of another shape than they should have: what says so is as large as the rest of it. */
async function judgingReader(files: Files, owners: Owners): Promise<Reader> {
  const { checkShape } = await import("../json/validate.js");
  return jsonReader(files, owners, checkShape);
}

/** The JSON front end follows the paths of its files by itself; what it read besides the entry are parts of the document. */
async function jsonReader(files: Files, owners: Owners, checkShape?: CheckShape): Promise<Reader> {
  const { readJson } = await import("../json/index.js");
  return (file, source) => {
    const sources = new Map<string, ModelSource>();
    const read = (path: string): SourceFile | undefined => {
      const found = files.read(path);
      if (!found.ok) return undefined;
      sources.set(path, sourceOf(path, found));
      return sourceFile(path, found.text);
    };
    const list = (folder: string): readonly string[] | undefined => {
      if (!owners.has(folder)) owners.set(folder, file.path);
      return owners.get(folder) === file.path ? files.list(folder) : undefined;
    };
    const { value, diagnostics } = readJson(file, { read, list }, checkShape);
    if (value.isUnjudged) return undefined;
    const parts = value.files.flatMap(({ path }) => {
      const part = sources.get(path);
      return part === undefined || path === file.path ? [] : [part];
    });
    return { file, document: value.document, source, diagnostics, parts };
  };
}
