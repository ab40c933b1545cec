/**
 * The text of dist/phxc.mjs. It loads the program's chunks as scripts with V8's code cache, which Node 20 does not offer for
 * modules: compiling them was a quarter of a run.
 */
export function launcher(entry) {
  return `#!/usr/bin/env node
${LOADING}
function cacheOf(name) {
  return readFileSync(folder + name + ".cache");
}

load("${entry}");
`;
}

/**
 * A program that does the warm-up runs and writes each chunk's cache: the functions that the runs used, compiled. What
 * they print is thrown away.
 */
export function cacheMaker(entry, chunks, runs) {
  return `${LOADING}
function cacheOf() {
  return undefined;
}

const { writeFileSync } = process.getBuiltinModule("node:fs");
process.stdout.write = process.stderr.write = () => true;
for (const run of ${JSON.stringify(runs)}) {
  process.argv.splice(2, Infinity, ...run);
  loaded.delete("${entry}");
  await load("${entry}").finished;
}
for (const name of ${JSON.stringify(chunks)}) {
  writeFileSync(folder + name + ".cache", (scripts.get(name) ?? compile(name)).createCachedData());
}
process.exit(0);
`;
}

const LOADING = `// Importing these would make Node prepare every name that they export.
const { readFileSync } = process.getBuiltinModule("node:fs");
const { createRequire } = process.getBuiltinModule("node:module");
const { fileURLToPath } = process.getBuiltinModule("node:url");
const { Script, constants } = process.getBuiltinModule("node:vm");

const folder = fileURLToPath(new URL("chunks/", import.meta.url));
const require = createRequire(import.meta.url);
const loaded = new Map();
const scripts = new Map();

function load(name) {
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  loaded.set(name, module);
  const late = (path) => Promise.resolve().then(() => load(path.slice(2)));
  const early = (path) => (path.startsWith("./") ? load(path.slice(2)) : require(path));
  scripts.set(name, scripts.get(name) ?? compile(name));
  scripts.get(name).runInThisContext()(early, late, module, module.exports, import.meta.url);
  return module.exports;
}

function compile(name) {
  // Chunks are ASCII; reading them as Latin-1 costs no decoding.
  return new Script(readFileSync(folder + name, "latin1"), {
    filename: folder + name,
    cachedData: cacheOf(name),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
}
`;
