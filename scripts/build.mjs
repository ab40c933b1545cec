// Builds everything: generated sources, build/ (what the tests run) and dist/ (what is shipped). Does nothing when neither
// the inputs nor the outputs have changed since the last complete build.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { say } from "./lib/console.mjs";
import { digestOf, filesBelow, root } from "./lib/files.mjs";
import { withLock } from "./lib/lock.mjs";

const SOURCES = ["src", "test", "bench", "scripts"];
const STAMP = join(root, "build/.stamp.json");

/** Returns whether the build is complete, and what the tools said if it is not. */
export async function build() {
  return withLock(join(root, "build/.lock"), async () => {
    const inputs = inputDigest();
    if (isFresh(inputs)) return { ok: true, output: "" };
    rmSync(STAMP, { force: true });
    const { generate } = await import("./generate.mjs");
    generate();
    const compiled = compile();
    removeStale();
    const shipped = await bundled();
    const ok = compiled.ok && shipped.ok;
    if (ok) writeFileSync(STAMP, JSON.stringify({ inputs, outputs: outputs() }));
    return { ok, output: compiled.output + shipped.output };
  });
}

function inputDigest() {
  const files = SOURCES.flatMap(filesBelow).filter(
    (path) => /\.(ts|mjs|json)$/.test(path) && !path.includes(".generated."),
  );
  return digestOf([...files, ...filesBelow("templates"), "package.json", "package-lock.json", "tsconfig.json"]);
}

function isFresh(inputs) {
  if (!existsSync(STAMP)) return false;
  const stamp = JSON.parse(readFileSync(STAMP, "utf8"));
  return stamp.inputs === inputs && JSON.stringify(stamp.outputs) === JSON.stringify(outputs());
}

/** Size and time of every output, so that a changed or missing one is noticed without reading it. */
function outputs() {
  const generated = filesBelow("src").filter((path) => path.includes(".generated."));
  const files = [...generated, ...filesBelow("build"), ...filesBelow("dist")].filter(
    (path) => !path.startsWith("build/."),
  );
  return files.map((path) => {
    const { size, mtimeMs } = statSync(join(root, path));
    return [path, size, mtimeMs];
  });
}

function compile() {
  const { status, stdout } = spawnSync(
    process.execPath,
    ["node_modules/typescript/bin/tsc", "-p", ".", "--pretty", "false"],
    {
      cwd: root,
      encoding: "utf8",
      maxBuffer: 1 << 28,
    },
  );
  return { ok: status === 0, output: stdout };
}

/** Removes compiled files whose source is gone: a deleted test must not go on running. */
function removeStale() {
  for (const path of filesBelow("build")) {
    if (path.startsWith("build/.")) continue;
    const source = path.slice("build/".length).replace(/\.(js|d\.ts)$/, ".ts");
    if (!existsSync(join(root, source))) rmSync(join(root, path));
  }
  removeEmptyFolders(join(root, "build"));
}

function removeEmptyFolders(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = join(folder, entry.name);
    removeEmptyFolders(path);
    if (readdirSync(path).length === 0) rmdirSync(path);
  }
}

/** dist/, or why it could not be made. */
async function bundled() {
  try {
    const { bundle } = await import("./lib/bundle.mjs");
    await bundle();
    return { ok: true, output: "" };
  } catch (error) {
    return { ok: false, output: `dist: ${error.message}\n` };
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { setup } = await import("./setup.mjs");
  await setup({ tools: false });
  const { ok, output } = await build();
  if (!ok) say(output);
  process.exitCode = ok ? 0 : 1;
}
