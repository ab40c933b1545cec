import { jsonSecret } from "../diagnostics/catalogue/json.js";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic.js";
import type { SourceFile } from "../text/source.js";
import type { SchemaName } from "./schema.js";
import { type JsonObject, parseHiding } from "./tree.js";

/** How the front end reads files besides its entry: by a path relative to the project, or as the configuration has it. */
export interface JsonIo {
  readonly read: (path: string) => SourceFile | undefined;
  /** Names of the entries of a folder in code-unit order; undefined where there is none. */
  readonly list: (folder: string) => readonly string[] | undefined;
}

/** A file that belongs to the configuration. */
export interface Loaded {
  /** As it was read. */
  readonly source: SourceFile;
  /** The same with its secrets hidden: what spans point into. */
  readonly shown: SourceFile;
  /** What it has to look like; of a `layer` that is judged by the guests that have it. */
  readonly schema: SchemaName | "layer";
  /** Undefined when the text is not JSON; that is reported. */
  readonly tree: JsonObject | undefined;
  /** Whether the plan follows from it. */
  readonly isInput: boolean;
}

/** Reads one file as JSON, with its secrets hidden. */
export function load(source: SourceFile, schema: Loaded["schema"], report: (finding: Diagnostic) => void): Loaded {
  const found: Diagnostic[] = [];
  const { file, secrets, tree } = parseHiding(source, (finding) => void found.push(finding));
  for (const { name, span } of secrets) report(diagnose(jsonSecret, span, { name }));
  for (const finding of found) report(finding);
  return { source, shown: file, schema, tree, isInput: true };
}

/** A path relative to the folder of another file; `..` takes folders away where there are any. */
export function beside(file: string, path: string): string {
  const parts = file.split("/").slice(0, -1);
  for (const part of path.split("/")) {
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}
