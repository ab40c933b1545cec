import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Rehearsal, RehearsalRun } from "../rehearsal/index.js";
import type { Problem } from "./command.js";
import { writeFailure } from "./deliver.js";

/** Makes the folder that is to be filled; one that holds something is refused, so that nothing of two rehearsals mixes. */
export function emptyFolder(folder: string, written: string): Problem | undefined {
  try {
    mkdirSync(folder, { recursive: true });
    if (readdirSync(folder).length === 0) return undefined;
    return { problem: `${written} is not empty`, hint: "name a folder that is empty or does not exist" };
  } catch (error) {
    const isFile = error instanceof Error && "code" in error && (error.code === "EEXIST" || error.code === "ENOTDIR");
    return { problem: `cannot write to ${written}: ${isFile ? "it is not a folder" : writeFailure(error)}` };
  }
}

/**
 * Leaves everything that a closer look needs: the script, both runs, and the host as it is afterwards, its files below
 * `host/`.
 */
export function keepRehearsal(
  folder: string,
  script: string,
  { first, second, state }: Rehearsal,
): Problem | undefined {
  const { files, ...rest } = state;
  const texts: [string, string][] = [
    ["plan.sh", script],
    ["host.json", `${JSON.stringify(rest, null, 2)}\n`],
    ...Object.entries(files).map(([path, text]): [string, string] => [`host${path}`, text]),
    ...keptRun("first", first),
    ...(second === undefined ? [] : keptRun("second", second)),
  ];
  try {
    for (const [path, text] of texts) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return undefined;
  } catch (error) {
    return { problem: `cannot write to ${folder}: ${writeFailure(error)}` };
  }
}

function keptRun(name: string, run: RehearsalRun): [string, string][] {
  const commands = run.commands.map(
    ({ step, code, mutating, argv }) => `${JSON.stringify({ step, code, mutating, argv })}\n`,
  );
  return [
    [`${name}/stdout.log`, run.stdout],
    [`${name}/stderr.log`, run.stderr],
    [`${name}/commands.ndjson`, commands.join("")],
  ];
}
