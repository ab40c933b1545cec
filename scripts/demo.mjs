// npm run demo: on a fresh clone this installs, builds, and shows the plan of the homelab example.
import { spawnSync } from "node:child_process";
import { root } from "./lib/files.mjs";
import { say } from "./lib/console.mjs";
import { setup } from "./setup.mjs";

await setup({ tools: false });
const { build } = await import("./build.mjs");
const { ok, output } = await build();
if (!ok) {
  say(output);
  process.exit(1);
}
const args = process.argv.length > 2 ? process.argv.slice(2) : ["plan", "examples/homelab/homelab.phx"];
say(`$ phxc ${args.join(" ")}`);
process.exitCode = spawnSync(process.execPath, ["dist/phxc.cjs", ...args], { cwd: root, stdio: "inherit" }).status ?? 1;
