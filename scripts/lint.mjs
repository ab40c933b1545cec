// Runs the linter with the project's configuration; arguments are passed on (--fix, paths).
import { spawnSync } from "node:child_process";
import { root } from "./lib/files.mjs";

const args = [
  "node_modules/oxlint/bin/oxlint",
  "-c",
  "oxlint.config.mjs",
  "--type-aware",
  "--deny-warnings",
  ...process.argv.slice(2),
];
process.exitCode = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }).status ?? 1;
