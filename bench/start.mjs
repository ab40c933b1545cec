// What a whole run of `phxc plan` costs against a bare `node -e 0`, as the median of the ratios of paired runs: each pair runs
// both, one directly after the other and in alternating order, so that a busy moment of the machine meets both alike.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { say } from "../scripts/lib/console.mjs";
import { root } from "../scripts/lib/files.mjs";

const WARM_UP = 3;
const PAIRS = 41;
/** What the project promises: no more than this many bare starts of Node. */
const LIMIT = 2.5;

const entries = [
  "../shared/phoenix/config/phoenix_hypervisor_config.json",
  "examples/homelab/json/phoenix_hypervisor_config.json",
  "examples/homelab/homelab.phx",
].filter((entry) => existsSync(join(root, entry)));

function milliseconds(args) {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
  const elapsed = performance.now() - start;
  if (status !== 0) throw new Error(`${args.join(" ")} exited with ${status}\n${stderr}`);
  return elapsed;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function measure(args) {
  const bare = ["-e", "0"];
  for (let i = 0; i < WARM_UP; i++) {
    milliseconds(bare);
    milliseconds(args);
  }
  const pairs = Array.from({ length: PAIRS }, (_, i) => {
    if (i % 2 === 0) return { node: milliseconds(bare), phxc: milliseconds(args) };
    const phxc = milliseconds(args);
    return { phxc, node: milliseconds(bare) };
  });
  return {
    node: median(pairs.map((pair) => pair.node)),
    phxc: median(pairs.map((pair) => pair.phxc)),
    ratio: median(pairs.map((pair) => pair.phxc / pair.node)),
  };
}

say(`${PAIRS} pairs each, Node ${process.versions.node}`);
for (const entry of entries) {
  const { node, phxc, ratio } = measure(["dist/phxc.cjs", "plan", entry]);
  const verdict = ratio <= LIMIT ? "" : `, above the limit of ${LIMIT}`;
  say(
    `phxc plan ${entry}: ${phxc.toFixed(1)} ms, node -e 0: ${node.toFixed(1)} ms, ratio ${ratio.toFixed(2)}${verdict}`,
  );
  if (ratio > LIMIT) process.exitCode = 1;
}
