import type { Diagnostic } from "../diagnostics/diagnostic.js";
import type { ModelSource } from "../model/resource.js";
import type { KindSpec, Rule } from "../plugin-api/index.js";
import type { Document } from "../syntax/ast.js";
import type { FileRead, ReadFailure } from "../text/files.js";
import type { SourceFile } from "../text/source.js";

/** A file that has been read and parsed by one of the front ends. */
export interface SourceDocument {
  readonly file: SourceFile;
  readonly document: Document;
  readonly source: ModelSource;
  /** What the front end found in it; joins the findings of the checker. */
  readonly diagnostics?: readonly Diagnostic[];
  /** Further files that the document was made from (the JSON front end follows its own paths). */
  readonly parts?: readonly ModelSource[];
}

/** Why an import has no document. */
export interface LoadFailure {
  readonly error: ReadFailure;
}

/**
 * All that the checker sees of the outside. Paths are as in {@link SourceFile.path}: relative to the project with forward
 * slashes, normalised; paths that leave the project are refused before they get here.
 */
export interface CheckerIo {
  /** Reads and parses a file that an import names, with the front end that fits its name. */
  readonly load: (path: string) => SourceDocument | LoadFailure;
  /** Names of a folder's entries in code-unit order; undefined when it is not a folder. `.` is the project itself. */
  readonly listFolder: (path: string) => readonly string[] | undefined;
  /** For `file()`. */
  readonly readText: (path: string) => FileRead;
  /** An environment variable, for `env()`. */
  readonly env: (name: string) => string | undefined;
}

/** A value that is a plain JSON tree, as a params file holds it. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A param's value from outside the files: text (`--set`, environment), or JSON (a params file). */
export type ParamSetting = {
  /** For messages: `--set cores=4`, `params.json`, `PHX_PARAM_cores`. */
  readonly origin: string;
  /** It may name a param that no file declares (variables of the environment may belong to others). */
  readonly ambient?: boolean;
} & ({ readonly text: string } | { readonly json: JsonValue });

/** What the checker works on. */
export interface CheckInput {
  readonly entry: SourceDocument;
  /** By keyword. */
  readonly kinds: ReadonlyMap<string, KindSpec>;
  /** Run over the finished model, in this order. */
  readonly rules: readonly Rule[];
  /** By name. */
  readonly params: ReadonlyMap<string, ParamSetting>;
  readonly io: CheckerIo;
  /** What was drawn, by whose it is (`vm.8001.net.lan.ip`); what is missing becomes an error value. Default: nothing. */
  readonly drawn?: ReadonlyMap<string, string>;
}
