import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { chunkScript, expectNoCircle } from "./chunk-script.mjs";
import { filesBelow, root } from "./files.mjs";
import { cacheMaker, chunkLister, launcher } from "./launcher.mjs";
import { precompiledValidators } from "./validator.mjs";

const DIST = join(root, "dist");

/** What such a run loads is one script with one cache: forty files would cost more than their contents. */
const USUAL = ["plan", "examples/homelab/json/phoenix_hypervisor_config.json"];

/** Runs that show V8 which functions a start needs: of configurations without findings and of some with many. */
const WARM_UP = [
  USUAL,
  ["plan", "examples/homelab/homelab.phx"],
  ["plan", "examples/phoenix/phoenix.phx"],
  ...filesBelow("test/fixtures/json")
    .filter((path) => path.endsWith(".json"))
    .map((path) => ["plan", path]),
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
 * Makes dist/: a launcher, and the program in scripts with V8's code cache beside each: a pack of the chunks that nearly every
 * run needs, and the other chunks, each by itself. Scripts are named after their content, because V8 compares only the length of a text before it believes a cache. A cache fits the Node that made
 * it; another one compiles the script as if there were none.
 */
export async function bundle() {
  const chunks = await compileChunks();
  mkdirSync(join(DIST, "chunks"), { recursive: true });
  for (const { name, text } of chunks) writeFileSync(join(DIST, "chunks", name), text);
  const entry = chunks.map(({ name }) => name).find((name) => name.startsWith("main-"));
  const usual = existsSync(join(root, USUAL[1])) ? runOnce(chunkLister(entry, USUAL)).split("\n") : [];
  const pack = packOf(chunks.filter(({ name }) => usual.includes(name)));
  writeFileSync(join(DIST, "chunks", pack.name), pack.text);
  const names = [pack.name, ...chunks.map(({ name }) => name).filter((name) => !usual.includes(name))];
  runOnce(
    cacheMaker(
      entry,
      pack.name,
      names,
      WARM_UP.filter(([, path]) => existsSync(join(root, path))),
    ),
  );
  writeFileSync(join(DIST, "phxc.cjs"), launcher(entry, pack.name));
  chmodSync(join(DIST, "phxc.cjs"), 0o755);
  const current = new Set([
    "dist/phxc.cjs",
    ...names.flatMap((name) => [`dist/chunks/${name}`, `dist/chunks/${name}.cache`]),
  ]);
  for (const path of filesBelow("dist")) if (!current.has(path)) rmSync(join(root, path));
}

async function compileChunks() {
  const { outputFiles, metafile } = await build({
    ...COMMON,
    // Import and export statements are looked for line by line.
    minifyWhitespace: false,
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
    define: { "import.meta.url": "launcher.url" },
    plugins: [precompiledValidators],
    metafile: true,
    write: false,
  });
  const chunks = new Map(Object.entries(metafile.outputs).map(([path, chunk]) => [basename(path), chunk]));
  expectNoCircle(chunks);
  return Promise.all(
    outputFiles.map(async ({ path, text }) => {
      const name = basename(path);
      return { name, text: await chunkScript(text, chunks.get(name), COMMON) };
    }),
  );
}

function packOf(chunks) {
  const text = `({${chunks.map((chunk) => `${JSON.stringify(chunk.name)}:${chunk.text}`).join(",\n")}})`;
  return { name: `pack-${createHash("sha256").update(text).digest("hex").slice(0, 8).toUpperCase()}.js`, text };
}

/** Runs a program that lies in dist/ and returns what it prints. */
function runOnce(text) {
  const path = join(DIST, "once.cjs");
  writeFileSync(path, text);
  const { status, stdout, stderr } = spawnSync(process.execPath, [path], {
    cwd: root,
    stdio: "pipe",
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`a warm-up run for the code cache failed\n${stderr}`);
  return stdout;
}
