// Writes the sources that are made from other files: the precompiled shell templates, the text assets that the script
// carries, and the version. They are git-ignored; every build makes them.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import Handlebars from "handlebars";
import { filesBelow, root, writeIfChanged } from "./lib/files.mjs";
import { runtimePieces } from "./lib/runtime-pieces.mjs";

const TEMPLATES = "templates/bash";
const EMITTER = "src/emitters/bash";
const FEATURES = "templates/features";

/** Writes all generated sources; those whose text is the same keep their time. */
export function generate() {
  writeVersion();
  writeTemplates();
  writeRuntime();
  writeCaptureScript();
  writeFeatures();
}

function writeVersion() {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  writeIfChanged(
    "src/version.generated.ts",
    `/** The version of package.json. */\nexport const version = ${JSON.stringify(version)};\n`,
  );
}

/** Templates are compiled here so that the product carries only Handlebars' runtime, and a bad template fails the build. */
function writeTemplates() {
  const files = filesBelow(TEMPLATES).filter((path) => path.endsWith(".hbs"));
  const knownHelpers = Object.fromEntries(helperNames().map((name) => [name, true]));
  const entries = files.map((path) => {
    const name = path.slice(TEMPLATES.length + 1, -".hbs".length);
    const options = { strict: true, knownHelpersOnly: true, preventIndent: true, knownHelpers, srcName: undefined };
    try {
      return `  ${JSON.stringify(name)}: ${precompile(readFileSync(join(root, path), "utf8"), options)},\n`;
    } catch (error) {
      throw new Error(`${path}: ${error.message}`, { cause: error });
    }
  });
  writeIfChanged(
    `${EMITTER}/templates.generated.ts`,
    `// @ts-nocheck\n/** Precompiled from ${TEMPLATES}. */\nexport const templates: Record<string, unknown> = {\n${entries.join("")}};\n`,
  );
}

/** Handlebars declares an object, but returns the source text of one. */
const precompile = /** @type {(text: string, options: object) => string} */ (
  /** @type {unknown} */ (Handlebars.precompile)
);

/** Helpers that the emitter registers, as a JSON list: a template that calls another one fails the build. */
function helperNames() {
  const path = join(root, TEMPLATES, "helpers.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : [];
}

function writeRuntime() {
  const files = filesBelow(`${TEMPLATES}/runtime`).filter((path) => path.endsWith(".bash"));
  const pieces = runtimePieces(files.map((path) => readFileSync(join(root, path), "utf8")));
  writeIfChanged(
    `${EMITTER}/runtime.generated.ts`,
    `/**\n * A function of the runtime, or some variables, with the comment above it: the functions and variables that it defines (none:\n * the heading of a part), and those of other pieces that it may use.\n */\nexport interface RuntimePiece {\n  readonly names: readonly string[];\n  readonly needs: readonly string[];\n  readonly text: string;\n}\n\n/** The files of ${TEMPLATES}/runtime, in pieces. */\nexport const pieces: readonly RuntimePiece[] = [\n${pieces.map((piece) => `  ${JSON.stringify(piece)},\n`).join("")}];\n`,
  );
}

/** The script that reads a host is one text; it has no templates. */
function writeCaptureScript() {
  const path = `${TEMPLATES}/capture.bash`;
  const text = JSON.stringify(readFileSync(join(root, path), "utf8"));
  writeIfChanged(
    "src/host/capture-script.generated.ts",
    `/** The text of ${path}. */\nexport const captureScript = ${text};\n`,
  );
}

function writeFeatures() {
  const entries = filesBelow(FEATURES).map(
    (path) =>
      `  ${JSON.stringify(path.slice(FEATURES.length + 1))}: ${JSON.stringify(readFileSync(join(root, path), "utf8"))},\n`,
  );
  writeIfChanged(
    "src/compile/features.generated.ts",
    `/** The files of ${FEATURES}, by path. */\nexport const builtIn: Record<string, string> = {\n${entries.join("")}};\n`,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) generate();
