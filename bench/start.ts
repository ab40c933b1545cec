import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../test/support/paths.js";
import { BARE, elapsed, phxc } from "./process.js";
import { median, type Row, time } from "./row.js";

const WARM_UP = 3;
const PAIRS = 41;
/**
 * Where this is set, each start of Node reads the certificates of a file first, which takes longer than the rest of a bare start,
 * and makes every ratio look better than it is elsewhere.
 */
const CERTIFICATES = "NODE_EXTRA_CA_CERTS";

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
  const entries = ENTRIES.filter((entry) => existsSync(join(root, entry)));
  const { [CERTIFICATES]: certificates, ...plain } = process.env;
  const rows = entries.map((entry) => measure(entry, plain, ""));
  if (certificates === undefined) return rows;
  return [...rows, ...entries.map((entry) => measure(entry, process.env, `, with ${CERTIFICATES}`))];
}

function measure(entry: string, env: NodeJS.ProcessEnv, suffix: string): Row {
  const args = [phxc, "plan", entry];
  const bare = (): number => elapsed(BARE, root, env);
  const whole = (): number => elapsed(args, root, env);
  for (let i = 0; i < WARM_UP; i++) {
    bare();
    whole();
  }
  const pairs = Array.from({ length: PAIRS }, (_, i) => {
    if (i % 2 === 0) return { node: bare(), run: whole() };
    const run = whole();
    return { run, node: bare() };
  });
  const above = median(pairs.map(({ node, run }) => run - node));
  const ratio = median(pairs.map(({ run, node }) => run / node));
  return {
    what: `\`phxc plan ${entry}\`${suffix}`,
    measured: `${time(median(pairs.map(({ run }) => run)))}, ${time(above)} above a bare start`,
    beside: `\`node -e 0\`: ${time(median(pairs.map(({ node }) => node)))}, ratio ${ratio.toFixed(2)}`,
    promise: { text: `ratio of at most ${LIMIT}`, kept: ratio <= LIMIT },
  };
}
