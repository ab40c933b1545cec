import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hasLinters, lintScript } from "../support/script-lint.js";
import { changing } from "../support/zfs/calls.js";
import { linesOfData, linesOfText } from "../support/zfs/command-lines.js";
import { ACCEPT, GUEST, INIT } from "../support/zfs/files.js";

const test = suite("the guest with real ZFS");

test("its scripts are clean under the linters", () => {
  if (!hasLinters()) return console.log("skipped: the linters are not on this machine");
  for (const path of [INIT, GUEST, ACCEPT]) assert.equal(lintScript(readFileSync(path, "utf8")), [], path);
});

test("calls that only look are told from those that change something", () => {
  const reading = [
    "zfs get -Hp all tank",
    "zpool list -H -o name",
    "wipefs --no-act --noheadings --output TYPE /dev/vdb",
  ];
  const changes = ["zfs create tank/get", "zpool add tank /dev/vdb", "wipefs --all /dev/vdb", "zfs set quota=1G tank"];
  const calls = [...reading, ...changes].map((command) => ({ code: 0, command }));
  assert.equal(changing({ calls }), changes);
});

test("command lines of ZFS are found in scripts, in plans as text and in plans as data", () => {
  const script =
    "\trequire_host zfs zpool\n\tdataset zfs create \\\n\t\t-o 'quota=1.4T' \\\n\t\t'tank/vm'\n\tread_datasets 'type' 'tank'\n";
  assert.equal(linesOfText(script), ["zfs create -o 'quota=1.4T' 'tank/vm'"]);
  assert.equal(linesOfText("  $ zpool create tank /dev/a\n  pool: tank\n"), ["zpool create tank /dev/a"]);
  const data = { steps: [{ commands: [["zfs", "set", "a:b=it's", "tank"]], names: ["zfs"] }], title: "zfs set" };
  assert.equal(linesOfData(JSON.stringify(data)), [`zfs set 'a:b=it'\\''s' tank`]);
});

test.run();
