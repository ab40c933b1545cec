import { suite } from "uvu";
import * as assert from "uvu/assert";
import { changing } from "../../support/zfs/calls.js";
import { zfsTests } from "../../support/zfs/deep.js";
import { inZfsGuest } from "../../support/zfs/guest.js";
import { zfsPlanOf } from "../../support/zfs/plans.js";

const test = suite("what a pool is asked to become, on real ZFS");
const zfsTest = zfsTests(test);

const disks = (names: string): string =>
  `disks = [${[...names].map((name) => `"/dev/disk/by-id/ata-${name}"`).join(", ")}]`;
const path = (name: string): string => `/dev/disk/by-id/ata-${name}`;

const BEFORE = `pool tank {
  vdev mirror { ${disks("ab")} }
}
zvol tank/disk {
  size = 128MiB
  sparse = true
  volblocksize = 16K
  compression = lz4
}
`;
const AFTER = `pool tank {
  vdev mirror { ${disks("ax")} }
  vdev mirror { ${disks("cd")}, add = true }
  log { ${disks("e")}, add = true }
  cache { ${disks("f")}, add = true }
  spare { ${disks("g")}, add = true }
  replace "${path("b")}" { by = "${path("x")}" }
}
zvol tank/disk {
  size = 256MiB
  sparse = true
  volblocksize = 16K
  compression = zstd
}
`;
/** Without the words that asked for the changes. */
const SETTLED = AFTER.replaceAll(", add = true", "").replace(/^ {2}replace .*\n/m, "");

zfsTest("parts are added, a disk is replaced and a volume grows where the files ask for it, once", async () => {
  const [before, after, settled] = await Promise.all([BEFORE, AFTER, SETTLED].map(zfsPlanOf));
  assert.ok(before !== undefined && after !== undefined && settled !== undefined);
  const run = (name: string): string => `bash /payload/${name}.sh`;
  const ran = await inZfsGuest({
    disks: [..."abcdefgx"].map((name) => `ata-${name}`),
    diskSize: 512 * 1024 ** 2,
    files: { "before.sh": before.script, "after.sh": after.script, "settled.sh": settled.script },
    steps: {
      before: `${run("before")} && ${run("before")}`,
      unasked: run("settled"),
      used: `mkfs.ext4 -q ${path("x")}`,
      refused: run("after"),
      cleared: `wipefs -aq ${path("x")} && udevadm settle`,
      after: run("after"),
      copied: "zpool wait -t resilver,replace tank && zpool status -P tank",
      again: run("after"),
      settled: run("settled"),
      smaller: run("before"),
      volume: "zfs get -Hp -o value volsize,volblocksize,refreservation,compression tank/disk",
    },
  });
  for (const { code, stdout, stderr } of [ran.before, ran.after, ran.copied, ran.again, ran.settled])
    assert.is(code, 0, stdout + stderr);
  for (const { code, stdout, stderr } of [ran.unasked, ran.refused, ran.smaller]) assert.is(code, 3, stdout + stderr);
  assert.match(ran.refused.stderr, `${path("x")} is not empty (ext4)`);
  assert.equal(changing(ran.after), [
    `zpool add tank mirror ${path("c")} ${path("d")}`,
    `zpool add tank log ${path("e")}`,
    `zpool add tank cache ${path("f")}`,
    `zpool add tank spare ${path("g")}`,
    `zpool replace tank ${path("b")} ${path("x")}`,
    "zfs set compression=zstd volsize=256M tank/disk",
  ]);
  for (const quiet of [ran.unasked, ran.refused, ran.again, ran.settled, ran.smaller])
    assert.equal(changing(quiet), []);
  assert.match(ran.copied.stdout, `${path("x")}-part1`);
  assert.not.match(ran.copied.stdout, path("b"));
  assert.equal(ran.volume.stdout, "268435456\n16384\n0\nzstd\n");
});

test.run();
