import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { documentedCommands, goldenCommands } from "../../support/zfs/command-lines.js";
import { zfsTests } from "../../support/zfs/deep.js";
import { ACCEPT } from "../../support/zfs/files.js";
import { inZfsGuest } from "../../support/zfs/guest.js";

const test = suite("command lines of plans, on real ZFS");

zfsTests(test)("zfs and zpool take every command line that a golden file or a page of docs/ leads to", async () => {
  const golden = goldenCommands();
  const documented = await documentedCommands();
  assert.ok(golden.length > 2 && documented.length > 5);
  const all = [...golden, ...documented];
  const steps = all.map((_, i) => [`${i}`, `bash /payload/accept.bash /payload/lines/${i}`] as const);
  const files = all.map(({ lines }, i) => [`lines/${i}`, lines.map((line) => `${line}\n`).join("")] as const);
  const ran = await inZfsGuest({
    steps: Object.fromEntries(steps),
    files: { ...Object.fromEntries(files), "accept.bash": readFileSync(ACCEPT, "utf8") },
  });
  const refused = all.flatMap(({ from }, i) => {
    const { code, stdout = "", stderr = "" } = ran[i] ?? {};
    return code === 0 ? [] : [`${from}:\n${stdout}${stderr}`];
  });
  assert.equal(refused, []);
  const different = new Set(all.flatMap(({ lines }) => lines));
  console.log(`  ${different.size} cases`);
});

test.run();
