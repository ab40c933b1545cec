import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../test/support/paths.js";
import { BARE, elapsed, phxc } from "./process.js";
import { median, type Row, time } from "./row.js";

const WARM_UP = 3;
const PAIRS = 41;
/** The promise: no more than this many bare starts of Node. */
const LIMIT = 2.5;

const ENTRIES = [
  "../shared/phoenix/config/phoenix_hypervisor_config.json",
  "examples/homelab/json/phoenix_hypervisor_config.json",
  "examples/homelab/homelab.phx",
];

/**
 * A whole run of `phxc plan` against a bare `node -e 0`, as the median of the ratios of paired runs: each pair runs both, one
 * directly after the other and in alternating order, so that a busy moment of the machine meets both alike.
 */
export function measureStart(): readonly Row[] {
  return ENTRIES.filter((entry) => existsSync(join(root, entry))).map(measure);
}

function measure(entry: string): Row {
  const args = [phxc, "plan", entry];
  for (let i = 0; i < WARM_UP; i++) {
    elapsed(BARE);
    elapsed(args);
  }
  const pairs = Array.from({ length: PAIRS }, (_, i) => {
    if (i % 2 === 0) return { node: elapsed(BARE), run: elapsed(args) };
    const run = elapsed(args);
    return { run, node: elapsed(BARE) };
  });
  const ratio = median(pairs.map(({ run, node }) => run / node));
  return {
    what: `\`phxc plan ${entry}\``,
    measured: time(median(pairs.map(({ run }) => run))),
    beside: `\`node -e 0\`: ${time(median(pairs.map(({ node }) => node)))}, ratio ${ratio.toFixed(2)}`,
    promise: { text: `ratio of at most ${LIMIT}`, kept: ratio <= LIMIT },
  };
}
