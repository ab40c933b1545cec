import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../test/support/paths.js";
import { elapsed, phxc } from "./process.js";
import { median, type Row, time } from "./row.js";

const RUNS = 3;
const LIMIT = 15_000;
const ENTRY = "../shared/phoenix/config/phoenix_hypervisor_config.json";

/** The rehearsal of a production configuration, from the start of the process to its end. */
export function measureRehearsal(): readonly Row[] {
  if (!existsSync(join(root, ENTRY))) return [];
  const milliseconds = median(Array.from({ length: RUNS }, () => elapsed([phxc, "rehearse", ENTRY])));
  return [
    {
      what: "`phxc rehearse` of a production configuration",
      measured: time(milliseconds),
      promise: { text: time(LIMIT), kept: milliseconds <= LIMIT },
    },
  ];
}
