import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { filesBelow, root } from "./files.mjs";
import { precompiledValidators } from "./validator.mjs";

const DIST = join(root, "dist");

/** Runs that show V8 which functions a start needs; what they print is thrown away. */
const WARM_UP = [
  ["plan", "examples/homelab/json/phoenix_hypervisor_config.json"],
  ["plan", "examples/homelab/homelab.phx"],
];

/**
 * Makes dist/: the whole program as one script, V8's code cache for it, and the launcher that loads both. The script's name
 * holds the digest of its text, because V8 itself compares only the length before it believes a cache.
 */
export async function bundle() {
  const script = await bundledScript();
  const digest = createHash("sha256").update(script).digest("hex").slice(0, 12);
  const name = `phxc-${digest}`;
  mkdirSync(DIST, { recursive: true });
  writeFileSync(join(DIST, `${name}.cjs`), script);
  writeCodeCache(name);
  writeFileSync(join(DIST, "phxc.mjs"), launcher(name));
  chmodSync(join(DIST, "phxc.mjs"), 0o755);
  const current = new Set(["dist/phxc.mjs", `dist/${name}.cjs`, `dist/${name}.cache`]);
  for (const path of filesBelow("dist")) if (!current.has(path)) rmSync(join(root, path));
}

/** A function expression; what the launcher calls with a `require` and its own address. */
async function bundledScript() {
  const { outputFiles } = await build({
    entryPoints: [join(root, "build/src/cli/main.js")],
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20",
    // The module forms of packages, which can be bundled without wrappers.
    mainFields: ["module", "main"],
    // Only ASCII: the launcher reads the script as Latin-1, which costs no decoding.
    charset: "ascii",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "none",
    define: { "import.meta.url": "launcherUrl" },
    banner: { js: "(function(require,module,exports,launcherUrl){" },
    footer: { js: "})" },
    plugins: [precompiledValidators],
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0].text;
}

/**
 * The cache holds the functions that the warm-up runs used, compiled. It fits the Node that made it; another one compiles
 * the script as if there were none.
 */
function writeCodeCache(name) {
  const maker = join(DIST, `${name}.make.mjs`);
  writeFileSync(maker, cacheMaker(name));
  const { status, stderr } = spawnSync(process.execPath, [maker], { cwd: root, stdio: "pipe", encoding: "utf8" });
  if (status !== 0) throw new Error(`the warm-up runs for the code cache failed\n${stderr}`);
}

function launcher(name) {
  return `#!/usr/bin/env node
import { readFileSync } from "node:fs";
${LOADING}
const script = load("${name}.cjs", readFileSync(new URL("${name}.cache", import.meta.url)));
start(script);
`;
}

function cacheMaker(name) {
  const runs = WARM_UP.filter(([, entry]) => existsSync(join(root, entry)));
  return `import { readFileSync, writeFileSync } from "node:fs";
${LOADING}
const script = load("${name}.cjs");
const write = process.stdout.write;
process.stdout.write = process.stderr.write = () => true;
for (const run of ${JSON.stringify(runs)}) {
  process.argv.splice(2, Infinity, ...run);
  await start(script).finished;
}
process.stdout.write = write;
writeFileSync(new URL("${name}.cache", import.meta.url), script.createCachedData());
process.exit(0);
`;
}

/** What launcher and cache maker have in common: the same script, loaded the same way. */
const LOADING = `import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Script, constants } from "node:vm";

function load(name, cachedData) {
  const file = new URL(name, import.meta.url);
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  const filename = fileURLToPath(file);
  // The script is ASCII; reading it as Latin-1 costs no decoding.
  return new Script(readFileSync(file, "latin1"), { filename, cachedData, importModuleDynamically });
}

function start(script) {
  const module = { exports: {} };
  script.runInThisContext()(createRequire(import.meta.url), module, module.exports, import.meta.url);
  return module.exports;
}
`;
