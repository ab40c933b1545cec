import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { root } from "../../support/paths.js";
import { ANSWER_DISKS, answerOf, recordedAnswers } from "../../support/zfs/answers.js";
import { zfsTests } from "../../support/zfs/deep.js";
import { inZfsGuest } from "../../support/zfs/guest.js";

const test = suite("recorded answers, on real ZFS");

/** Runs the lines of a file one after the other, and prints what each of them answered. */
const ASK = `while IFS= read -r line; do
	code=0
	eval "$line" >/run/out 2>/run/err </dev/null || code=$?
	printf '%s\\x1f%s\\x1f%s\\x1e' "$code" "$(</run/out)" "$(</run/err)"
done </payload/lines
cat /sys/module/zfs/version >&2
`;

zfsTests(test)("OpenZFS answers as it was recorded; UPDATE_GOLDENS=1 records it anew", async () => {
  const recorded = recordedAnswers();
  const lines = recorded.map(({ line }) => `${line}\n`).join("");
  const { asked } = await inZfsGuest({ disks: ANSWER_DISKS, files: { lines }, steps: { asked: ASK } });
  const answers = asked.stdout
    .split("\u001e")
    .slice(0, -1)
    .map((text, i) => {
      const [code = "", stdout = "", stderr = ""] = text.split("\u001f");
      return answerOf(recorded[i]?.line ?? "", Number(code), stdout, stderr);
    });
  if (process.env["UPDATE_GOLDENS"] === "1") {
    const release = asked.stderr.trim().split("-")[0] ?? "";
    const text = `${JSON.stringify({ release, answers }, undefined, 2)}\n`;
    writeFileSync(join(root, "test/fixtures/zfs/answers.json"), text);
  }
  assert.equal(answers, recordedAnswers());
});

test.run();
