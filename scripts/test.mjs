// npm test [-- [--deep] [--random] [--update-goldens] pattern...]: sets up, builds, then lint, format, dead code and tests, each
// counted. With patterns: only the test files whose names contain one of them. --random: property tests take a new seed.
import { setup } from "./setup.mjs";

const args = process.argv.slice(2);
if (args.includes("--update-goldens")) process.env.UPDATE_GOLDENS = "1";
if (args.includes("--random")) process.env.PHXC_SEED ??= "random";
const patterns = args.filter((arg) => !arg.startsWith("--"));
await setup({ tools: true });

const { build } = await import("./build.mjs");
const start = performance.now();
const built = await build();
const report = {
  name: "build",
  outcome: { passed: built.ok ? 1 : 0, failed: built.ok ? 0 : 1, skipped: 0 },
  seconds: (performance.now() - start) / 1000,
  output: built.output,
};

const checks = [
  { name: "lint", argv: [process.execPath, "scripts/lint.mjs"] },
  {
    name: "format",
    argv: [
      process.execPath,
      "node_modules/prettier/bin/prettier.cjs",
      "--check",
      "--cache",
      "--cache-strategy=content",
      "--log-level=warn",
      ".",
    ],
  },
  { name: "dead code", argv: [process.execPath, "node_modules/knip/bin/knip.js", "--no-progress"] },
];

const { runTests } = await import("../build/test/support/runner/main.js");
process.exitCode = await runTests({
  patterns,
  deep: args.includes("--deep"),
  known: [report],
  checks: patterns.length === 0 && process.env.UPDATE_GOLDENS !== "1" ? checks : [],
});
