import { suite } from "uvu";
import * as assert from "uvu/assert";
import { changing } from "../../support/zfs/calls.js";
import { zfsTests } from "../../support/zfs/deep.js";
import { inZfsGuest } from "../../support/zfs/guest.js";
import { zfsPlanOf } from "../../support/zfs/plans.js";

const test = suite("pools of every layout, on real ZFS");
const zfsTest = zfsTests(test);

const disk = (name: string): string => `"/dev/disk/by-id/ata-${name}"`;
const disks = (names: string): string => `disks = [${[...names].map(disk).join(", ")}]`;
const pool = (body: string): string => `pool tank {\n${body}\n}\n`;

/** Blocks of a pool, and the first disk of each vdev as `zpool status` shows its group. */
const LAYOUTS: readonly (readonly [what: string, body: string])[] = [
  ["one disk", disks("a")],
  ["two disks side by side", `vdev { ${disks("a")} }\nvdev { ${disks("b")} }`],
  ["two mirrors", `vdev mirror { ${disks("ab")} }\nvdev mirror { ${disks("cd")} }`],
  ["raidz1", `raid = raidz1\n${disks("abc")}`],
  ["raidz2", `raid = raidz2\n${disks("abcd")}`],
  ["raidz3", `raid = raidz3\n${disks("abcde")}`],
  ["draid with a spare of its own", `vdev draid1 { ${disks("abcde")}\n data = 2\n spares = 1 }`],
  [
    "a mirror with all that a pool can have besides",
    `vdev mirror { ${disks("ab")} }
special mirror { ${disks("cd")} }
log mirror { ${disks("ef")} }
cache { ${disks("g")} }
spare { ${disks("h")} }
options { autotrim = on, autoexpand = on, comment = "of the test", compatibility = "openzfs-2.1-linux" }
properties { compression = zstd, atime = off, xattr = sa, special_small_blocks = 16K }`,
  ],
];

zfsTest("each is made, and found again by the next run; another one is refused with both sides", async () => {
  const plans = await Promise.all(LAYOUTS.map(([, body]) => zfsPlanOf(pool(body))));
  const run = (name: string): string => `bash /payload/${name}.sh`;
  const steps = plans.flatMap((_, i) => [
    [`make${i}`, run(`plan${i}`)],
    [`again${i}`, run(`plan${i}`)],
    [`other${i}`, run(`plan${(i + 1) % plans.length}`)],
    // A pool that was imported by other names of its disks is the same pool.
    [`moved${i}`, `zpool export tank && zpool import -d /dev tank && ${run(`plan${i}`)}`],
    [`clear${i}`, 'zpool destroy tank && for disk in /dev/vd[b-z]*; do wipefs -aq "$disk"; done; udevadm settle'],
  ]);
  const ran = await inZfsGuest({
    disks: [..."abcdefgh"].map((name) => `ata-${name}`),
    diskSize: 512 * 1024 ** 2,
    files: Object.fromEntries(plans.map(({ script }, i) => [`plan${i}.sh`, script])),
    steps: Object.fromEntries(steps) as Record<string, string>,
    seconds: 900,
  });
  for (const [i, [what]] of LAYOUTS.entries()) {
    const [made, again, other, moved] = ["make", "again", "other", "moved"].map((name) => ran[`${name}${i}`]);
    assert.ok(made !== undefined && again !== undefined && other !== undefined && moved !== undefined);
    for (const { code, stdout, stderr } of [made, again, moved]) assert.is(code, 0, `${what}: ${stdout}${stderr}`);
    assert.is(changing(made).length, 1, what);
    assert.equal([changing(again), changing(other)], [[], []], what);
    assert.match(again.stdout, "Changes made: 0.", what);
    assert.match(moved.stdout, "Changes made: 0.", what);
    assert.is(other.code, 3, `${what}: ${other.stdout}${other.stderr}`);
    assert.match(other.stderr, /pool tank is made of: data .*; declared: data /);
  }
});

test.run();
