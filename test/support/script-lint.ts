import { spawnSync } from "node:child_process";

/**
 * What shellcheck reports on purpose-built scripts and we do not follow; docs/script.md argues each.
 * SC2016: single quotes are how user values are kept literal. SC2310: the runtime handles each command's failure itself and
 * does not rely on errexit. SC2034 and SC2317: a script carries what it may reach, and shellcheck is stricter about that.
 */
export const SHELLCHECK_EXCLUDED = ["SC2016", "SC2034", "SC2310", "SC2317"];

/** Findings of bash, shellcheck and shfmt about a script; empty when it is clean. `wanted` are codes that count all the same. */
export function lintScript(script: string, wanted: readonly string[] = []): string[] {
  const excluded = SHELLCHECK_EXCLUDED.filter((code) => !wanted.includes(code));
  const shellcheck = process.env["SHELLCHECK_BIN"] ?? "shellcheck";
  return [
    ...complaints("bash", ["-n"], script),
    ...complaints(shellcheck, ["-o", "all", "-e", excluded.join(","), "-s", "bash", "-f", "gcc", "-"], script),
    ...complaints("shfmt", ["-d"], script),
  ];
}

/** Whether the linters are on this machine; tests that need them skip with a message where they are not. */
export function hasLinters(): boolean {
  return ["shellcheck", "shfmt"].every((tool) => spawnSync(tool, ["--version"]).status === 0);
}

function complaints(program: string, args: readonly string[], input: string): string[] {
  const result = spawnSync(program, args, { input, encoding: "utf8", maxBuffer: 1 << 26 });
  if (result.error !== undefined) return [`${program}: ${result.error.message}`];
  const text = `${result.stdout}${result.stderr}`.trim();
  return result.status === 0 && text === "" ? [] : [`${program}: ${text}`];
}
