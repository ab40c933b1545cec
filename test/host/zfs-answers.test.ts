import { suite } from "uvu";
import * as assert from "uvu/assert";
import { emptyHost } from "../../src/rehearsal/index.js";
import { withHost } from "../support/rehearsal.js";
import { ANSWER_DISKS, answerOf, recordedAnswers } from "../support/zfs/answers.js";

const test = suite("the simulated zfs and zpool");

test("they answer every recorded command line as OpenZFS 2.3.2 did: exit code, output and words", async () => {
  const recorded = recordedAnswers();
  assert.ok(recorded.length > 200);
  const disks = ANSWER_DISKS.map((name) => ({ path: `/dev/disk/by-id/${name}`, size: 16 * 1024 ** 3 }));
  await withHost(emptyHost({ disks }), async (host) => {
    for (const answer of recorded) {
      const { code, stdout, stderr } = await host.execute(answer.line.split(" "));
      assert.equal(answerOf(answer.line, code, stdout, stderr), answer);
    }
  });
});

test.run();
