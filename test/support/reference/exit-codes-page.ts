import { code, grid } from "./text.js";

/** Of `phxc` itself. */
export const PHXC_CODES: Readonly<Record<number, string>> = {
  0: "done; errors were not found, and with `--check` nothing differs",
  1: "errors were found in the files; or what was looked for was found wanting (`fmt --check`, a second run of a rehearsal)",
  2: "wrong usage, or a file that cannot be read; of `plan --check`, a committed plan that is not what the files give",
  70: "a mistake in phxc itself",
};

/** Of the script of a plan; `phxc apply` and `phxc rehearse` pass them on. */
export const SCRIPT_CODES: Readonly<Record<number, string>> = {
  0: "done, or nothing to do",
  2: "`--check` found changes, or `apply` did not apply them",
  3: "refused before anything was touched; all that is missing was listed",
  4: "a step failed, or a guest was held back",
  5: "another run holds the lock",
  6: "the host has to be restarted first; the same script goes on from there",
  7: "a check did not pass (plans of `--action health`)",
  64: "wrong options",
  130: "interrupted; the next run goes on",
};

/** Only of `phxc apply`. */
const LOST = 255;

/** The page of all exit codes. */
export function exitCodesPage(): string {
  const rows = (codes: Readonly<Record<number, string>>): readonly (readonly string[])[] =>
    Object.entries(codes).map(([number, meaning]) => [code(number), meaning]);
  return `# Exit codes

## Of phxc

${grid([["code", "meaning"], ...rows(PHXC_CODES)])}

## Of a plan's script

\`phxc apply\` and \`phxc rehearse\` end with the code of the script that they ran. \`phxc apply\` has one of its own besides: ${code(String(LOST))}, the
connection was lost; the next apply goes on where it ended.

${grid([["code", "meaning"], ...rows(SCRIPT_CODES)])}
`;
}
