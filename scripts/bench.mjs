// npm run bench [-- NAME...]: builds, then runs the measurements of bench/, or those that are named, and prints a table.
import { build } from "./build.mjs";
import { say } from "./lib/console.mjs";
import { setup } from "./setup.mjs";

/** From the shortest to the longest. */
const measurements = {
  parser: async () => (await import("../build/bench/parser.js")).measureParser(),
  rules: async () => (await import("../build/bench/rules.js")).measureRules(),
  start: async () => (await import("../build/bench/start.js")).measureStart(),
  rehearsal: async () => (await import("../build/bench/rehearsal.js")).measureRehearsal(),
  fleets: async () => (await import("../build/bench/fleets.js")).measureFleets(),
  script: async () => (await import("../build/bench/script.js")).measureScript(),
};

const names = process.argv.slice(2);
const unknown = names.find((name) => !Object.hasOwn(measurements, name));
if (unknown !== undefined) {
  say(`there is no measurement ${unknown}; there are ${Object.keys(measurements).join(", ")}`);
  process.exit(64);
}
await setup({ tools: false });
const { ok, output } = await build();
if (!ok) {
  say(output);
  process.exit(1);
}
const { HEADER, line } = await import("../build/bench/row.js");
say(HEADER);
for (const [name, measure] of Object.entries(measurements)) {
  if (names.length > 0 && !names.includes(name)) continue;
  for (const row of await measure()) {
    say(line(row));
    if (row.promise?.kept === false) process.exitCode = 1;
  }
}
