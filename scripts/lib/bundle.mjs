import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build, transform } from "esbuild";
import { filesBelow, root } from "./files.mjs";
import { cacheMaker, launcher } from "./launcher.mjs";
import { precompiledValidators } from "./validator.mjs";

const DIST = join(root, "dist");

/** Runs that show V8 which functions a start needs. */
const WARM_UP = [
  ["plan", "examples/homelab/json/phoenix_hypervisor_config.json"],
  ["plan", "examples/homelab/homelab.phx"],
  ["plan", "examples/phoenix/phoenix.phx"],
];

const COMMON = {
  charset: "ascii",
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  target: "node20",
  logLevel: "silent",
};

/**
 * Makes dist/: a launcher, and the program in chunks, each a script with V8's code cache beside it. Chunks are named after
 * their content, because V8 compares only the length of a text before it believes a cache. A cache fits the Node that made
 * it; another one compiles the chunk as if there were none.
 */
export async function bundle() {
  const chunks = await compileChunks();
  mkdirSync(join(DIST, "chunks"), { recursive: true });
  for (const { name, text } of chunks) writeFileSync(join(DIST, "chunks", name), text);
  const names = chunks.map((chunk) => chunk.name);
  const entry = names.find((name) => name.startsWith("main-"));
  writeCaches(entry, names);
  writeFileSync(join(DIST, "phxc.cjs"), launcher(entry));
  chmodSync(join(DIST, "phxc.cjs"), 0o755);
  const current = new Set([
    "dist/phxc.cjs",
    ...names.flatMap((name) => [`dist/chunks/${name}`, `dist/chunks/${name}.cache`]),
  ]);
  for (const path of filesBelow("dist")) if (!current.has(path)) rmSync(join(root, path));
}

async function compileChunks() {
  const { outputFiles } = await build({
    ...COMMON,
    entryPoints: [join(root, "build/src/cli/main.js")],
    outdir: DIST,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    // The module forms of packages, which can be bundled without wrappers.
    mainFields: ["module", "main"],
    define: { "import.meta.url": "launcherUrl" },
    plugins: [precompiledValidators],
    write: false,
  });
  return Promise.all(outputFiles.map(async (file) => ({ name: basename(file.path), text: await asScript(file.text) })));
}

/** A module as a function expression; its imports of other chunks become calls of the launcher's functions. */
async function asScript(module) {
  const { code } = await transform(module, { ...COMMON, format: "cjs", platform: "node" });
  return `(function(require,load,module,exports,launcherUrl){${code.replaceAll('import("./', 'load("./')}\n})`;
}

function writeCaches(entry, names) {
  const maker = join(DIST, "make-caches.cjs");
  const runs = WARM_UP.filter(([, path]) => existsSync(join(root, path)));
  writeFileSync(maker, cacheMaker(entry, names, runs));
  const { status, stderr } = spawnSync(process.execPath, [maker], { cwd: root, stdio: "pipe", encoding: "utf8" });
  if (status !== 0) throw new Error(`the warm-up runs for the code cache failed\n${stderr}`);
}
