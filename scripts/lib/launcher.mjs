import { spawnSync } from "node:child_process";

/**
 * How V8 is told to take its time, for most runs end within a tenth of a second, and the largest fleets in ten. After how much bytecode
 * it optimises a function: thirty times as late as it is used to. After how many uses on short texts a pattern becomes machine
 * code: the thirtieth instead of the second, for most patterns are used on a few names; and until then it is interpreted as it
 * is, because improving it costs more than it saves in so few uses. After how many times its own length in
 * bytecode a function has its shapes of objects noted: twice as many, for most of what is noted is never used. And a function that
 * a warm-up run had compiled in the simple way is compiled so at its first call, not in a batch some calls later.
 */
const TUNING = [
  "--interrupt-budget=2000000",
  "--regexp-tier-up-ticks=30",
  "--no-regexp-peephole-optimization",
  "--interrupt-budget-factor-for-feedback-allocation=16",
  "--no-baseline-batch-compilation",
];

/** The version of the V8 that makes the cache, where it knows the flags; `null` where it does not. */
function tunedV8() {
  const { status } = spawnSync(process.execPath, [...TUNING, "--version"], { stdio: "ignore" });
  return status === 0 ? process.versions.v8 : null;
}

/**
 * The text of dist/phxc.cjs. It loads the program's chunks as scripts with V8's code cache, which Node 20 does not offer for
 * modules: compiling them was a quarter of a run. It is CommonJS, because Node sets up its module loader only for programs
 * that are modules.
 */
export function launcher(entry, pack) {
  return `#!/usr/bin/env node
"use strict";
${LOADING}
function cacheOf(name) {
  return readFileSync(folder + name + ".cache");
}

unpack("${pack}");
// All output has gone out by then; taking the heap apart is left to the system.
load("${entry}").finished.then(() => process.exit());
`;
}

/**
 * A program that does the warm-up runs and writes each chunk's cache: the functions that the runs used, compiled. What
 * they print is thrown away.
 */
export function cacheMaker(entry, pack, scripts, runs) {
  return `"use strict";
const fs = require("node:fs");
${LOADING}
function cacheOf() {
  return undefined;
}

unpack("${pack}");

async function main() {
  const write = fs.writeSync;
  fs.writeSync = (_fd, data) => data.length;
  for (const run of ${JSON.stringify(runs)}) {
    process.argv.splice(2, Infinity, ...run);
    loaded.delete("${entry}");
    await load("${entry}").finished;
  }
  fs.writeSync = write;
  for (const name of ${JSON.stringify(scripts)}) {
    fs.writeFileSync(folder + name + ".cache", scriptOf(name).createCachedData());
  }
  process.exit(0);
}

void main();
`;
}

/** A program that prints the names of the chunks that a run loads, one a line. */
export function chunkLister(entry, run) {
  return `"use strict";
${LOADING}
function cacheOf() {
  return undefined;
}

const fs = require("node:fs");
const print = fs.writeSync;
fs.writeSync = (_fd, data) => data.length;
process.argv.splice(2, Infinity, ...${JSON.stringify(run)});
load("${entry}").finished.then(() => print(1, [...loaded.keys()].join("\\n")));
`;
}

const LOADING = `const { readFileSync } = require("node:fs");
const { join, sep } = require("node:path");
const { Script } = require("node:vm");
const { setFlagsFromString } = require("node:v8");

// V8 takes its time before it compiles and optimises, because most runs are short. Before any script: a cache is believed only under
// the flags that it was made under. Another V8 believes no cache of this one, and would complain of flags that it does not know.
if (process.versions.v8 === ${JSON.stringify(tunedV8())}) setFlagsFromString("${TUNING.join(" ")}");

const folder = join(__dirname, "chunks") + sep;
// Asked for by few commands, and slow.
const launcher = {
  get url() {
    return require("node:url").pathToFileURL(__filename).href;
  },
};
const loaded = new Map();
const bodies = new Map();
const scripts = new Map();

function load(name) {
  const known = loaded.get(name);
  if (known !== undefined) return known;
  const early = (path) => (path.startsWith("./") ? load(path.slice(2)) : require(path));
  const late = (path) => (path.startsWith("file:") ? import(path) : Promise.resolve().then(() => early(path)));
  const body = bodies.get(name) ?? scriptOf(name).runInThisContext();
  const exports = body(early, late, launcher);
  loaded.set(name, exports);
  return exports;
}

function unpack(name) {
  for (const [chunk, body] of Object.entries(scriptOf(name).runInThisContext())) bodies.set(chunk, body);
}

function scriptOf(name) {
  scripts.set(name, scripts.get(name) ?? compile(name));
  return scripts.get(name);
}

function compile(name) {
  // Chunks are ASCII; reading them as Latin-1 costs no decoding.
  return new Script(readFileSync(folder + name, "latin1"), {
    filename: folder + name,
    cachedData: cacheOf(name),
  });
}
`;
