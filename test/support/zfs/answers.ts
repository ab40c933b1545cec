import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../paths.js";

/** What OpenZFS answered to a command line, without the end of its last line and without its usage. */
export interface Answer {
  readonly line: string;
  readonly code: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** The disks of the host on which the answers were recorded, by their names in `/dev/disk/by-id`; 16 GiB each. */
export const ANSWER_DISKS = ["ata-one", "ata-two", "ata-three", "ata-four", "ata-five"];

/** The recorded answers, in the order of one session that begins without a pool. */
export function recordedAnswers(): readonly Answer[] {
  const text = readFileSync(join(root, "test/fixtures/zfs/answers.json"), "utf8");
  return (JSON.parse(text) as { readonly answers: readonly Answer[] }).answers;
}

/** An answer as it is recorded. */
export function answerOf(line: string, code: number, stdout: string, stderr: string): Answer {
  const [out, err] = [stdout, stderr].map((text) => text.replace(/^usage:.*/ims, "").trimEnd());
  return {
    line,
    code,
    ...(out === undefined || out === "" ? {} : { stdout: out }),
    ...(err === undefined || err === "" ? {} : { stderr: err }),
  };
}
