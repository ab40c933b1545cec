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

/** What comes with phxc has been read when it is built; a test compares it with what reading it gives. */
function writeFeatures() {
  const text = (/** @type {string} */ path) => readFileSync(join(root, FEATURES, path), "utf8");
  const paths = filesBelow(FEATURES).map((path) => path.slice(FEATURES.length + 1));
  const names = paths.flatMap((path) => (path.endsWith("/feature.json") ? [path.split("/")[0] ?? ""] : []));
  const entries = names.map((name) => {
    const feature = featureSource(name, JSON.parse(text(`${name}/feature.json`)), text(`${name}/install.sh`));
    return `  ${JSON.stringify(name)}: (): Feature => (${feature}),\n`;
  });
  const asset = (/** @type {string} */ name, /** @type {string} */ doc) =>
    `/** ${doc} */\nexport const ${name} = ${JSON.stringify(text(`${name}.sh`))};\n`;
  writeIfChanged(
    "src/compile/features.generated.ts",
    [
      'import type { Feature } from "../plugin-api/index.js";\n',
      `/** The features in ${FEATURES}, by name; each is made when it is asked for. */`,
      `export const builtIn: Readonly<Record<string, () => Feature>> = {\n${entries.join("")}};\n`,
      asset("tools", "Shell functions that the scripts of features may use."),
      asset("volumes", "Shell functions that mount the network file systems of a guest."),
    ].join("\n"),
  );
}

/** A feature as an expression, with what feature.json leaves out. */
function featureSource(/** @type {string} */ name, /** @type {any} */ json, /** @type {string} */ script) {
  const parameters = Object.entries(json.parameters ?? {}).map(([parameter, given]) => {
    const pattern = given.pattern === undefined ? undefined : new RegExp(`^(?:${given.pattern})$`, "u").source;
    const isValue = given.default !== undefined && given.default.from === undefined;
    const members = {
      ...{ type: given.type, description: given.description ?? "", values: given.values ?? [], pattern },
      required: given.required ?? false,
      default: isValue ? { value: given.default } : given.default,
    };
    return `[${JSON.stringify(parameter)}, ${objectSource(members)}]`;
  });
  return objectSource(
    {
      ...{ name, description: json.description ?? "", parameters: undefined, oneOf: json.one_of ?? [] },
      ...{ requires: json.requires ?? [], after: json.after ?? [] },
      families: json.families ?? ["alpine", "arch", "debian", "redhat", "suse"],
      guests: json.guests ?? ["ct", "vm"],
      ...{ timeoutSeconds: json.timeout_seconds ?? 1800, guard: json.guard, verify: json.verify, script },
    },
    { parameters: `new Map([${parameters.join(", ")}])` },
  );
}

/** An object as an expression, members without a value among them; some members may be expressions already. */
function objectSource(
  /** @type {Record<string, unknown>} */ members,
  /** @type {Record<string, string>} */ expressions = {},
) {
  const sources = Object.entries(members).map(
    ([name, value]) => `${name}: ${expressions[name] ?? JSON.stringify(value) ?? "undefined"}`,
  );
  return `{ ${sources.join(", ")} }`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) generate();
