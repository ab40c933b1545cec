import { featureShell, featureWithoutFile } from "../diagnostics/catalogue/features.js";
import { diagnose } from "../diagnostics/diagnostic.js";
import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { shellOf } from "../plugin-api/index.js";
import type { Feature, Features } from "../plugin-api/index.js";
import type { ModelSource } from "../model/resource.js";
import { describeFailure, sourceOf } from "../text/files.js";
import type { Files } from "../text/files.js";
import { compareText } from "../text/order.js";
import { sourceFile, span } from "../text/source.js";
import { builtIn, tools, volumes } from "./features.generated.js";
import { readFeature } from "./feature-json.js";

/** The project's folder of features. */
const FOLDER = "features";
/** Where the scripts of guests lie, unless the configuration says otherwise. */
const SCRIPTS_FOLDER = "scripts";

/** The features of a project, with what reading them found and used. */
export interface LoadedFeatures extends Features {
  readonly diagnostics: () => readonly Diagnostic[];
  /** Files of the project that were read, by path. */
  readonly sources: () => readonly ModelSource[];
}

interface Reader {
  readonly project: Files;
  readonly report: (finding: Diagnostic) => void;
  readonly sources: Map<string, ModelSource>;
}

/** The built-in features and those of the project; one of the project replaces a built-in one of the same name. Each is read when it is asked for. */
export function loadFeatures(project: Files, scriptsFolder: string = SCRIPTS_FOLDER): LoadedFeatures {
  const found: Diagnostic[] = [];
  const reader: Reader = { project, report: (finding) => found.push(finding), sources: new Map() };
  const own = (project.list(FOLDER) ?? []).filter((name) => project.list(`${FOLDER}/${name}`) !== undefined);
  const known = new Map<string, Feature | undefined>();
  const scripts = new Map<string, string | undefined>();
  const names = [...new Set([...own, ...Object.keys(builtIn)])].toSorted();
  return {
    names,
    get: (name) => {
      if (names.includes(name) && !known.has(name)) {
        known.set(name, own.includes(name) ? readFolder(reader, name) : builtIn[name]?.());
      }
      return known.get(name);
    },
    script: (name) => {
      if (!scripts.has(name)) scripts.set(name, read(reader, `${scriptsFolder}/${name}`));
      return scripts.get(name);
    },
    scriptsFolder,
    tools,
    volumes,
    diagnostics: () => found,
    sources: () => [...reader.sources.values()].toSorted((a, b) => compareText(a.path, b.path)),
  };
}

function readFolder(reader: Reader, name: string): Feature | undefined {
  const path = (file: string): string => `${FOLDER}/${name}/${file}`;
  const [json, script] = ["feature.json", "install.sh"].map((file) => readOwn(reader, name, path(file)));
  if (json === undefined || script === undefined) return undefined;
  const file = sourceFile(path("feature.json"), json);
  const feature = readFeature(file, { name, script }, reader.report);
  const [first = ""] = script.split("\n", 1);
  if (!first.startsWith("#!") || shellOf(script) !== undefined) return feature;
  reader.report(
    diagnose(featureShell, span(sourceFile(path("install.sh"), script), 0, first.length), {
      feature: name,
      line: first,
    }),
  );
  return undefined;
}

function readOwn(reader: Reader, feature: string, path: string): string | undefined {
  return read(reader, path, (reason) =>
    reader.report(diagnose(featureWithoutFile, span(sourceFile(path, ""), 0), { feature, file: path, reason })),
  );
}

function read(reader: Reader, path: string, fail: (reason: string) => void = () => undefined): string | undefined {
  const found = reader.project.read(path);
  if (!found.ok) {
    fail(describeFailure(found.reason));
    return undefined;
  }
  reader.sources.set(path, sourceOf(path, found));
  return found.text.replaceAll("\r\n", "\n");
}
