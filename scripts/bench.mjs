// npm run bench: builds, then runs every measurement of bench/.
import { build } from "./build.mjs";
import { say } from "./lib/console.mjs";
import { setup } from "./setup.mjs";

await setup({ tools: false });
const { ok, output } = await build();
if (!ok) {
  say(output);
  process.exit(1);
}
await import("../bench/start.mjs");
const { measureParser } = await import("../build/bench/parser.js");
say(await measureParser());
const { measureRules } = await import("../build/bench/rules.js");
say(await measureRules());
