import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hasLinters, lintScript } from "../support/script-lint.js";
import { isReading } from "../support/zfs/calls.js";
import { GUEST, INIT } from "../support/zfs/files.js";

const test = suite("the guest with real ZFS");

test("its scripts are clean under the linters", () => {
  if (!hasLinters()) return console.log("skipped: the linters are not on this machine");
  for (const path of [INIT, GUEST]) assert.equal(lintScript(readFileSync(path, "utf8")), [], path);
});

test("calls that only look are told from those that change something", () => {
  const reading = [
    "zfs get -Hp all tank",
    "zpool list -H -o name",
    "wipefs --no-act --noheadings --output TYPE /dev/vdb",
  ];
  const changing = ["zfs create tank/get", "zpool add tank /dev/vdb", "wipefs --all /dev/vdb", "zfs set quota=1G tank"];
  assert.equal(
    [...reading, ...changing].filter((command) => isReading({ code: 0, command })),
    reading,
  );
});

test.run();
