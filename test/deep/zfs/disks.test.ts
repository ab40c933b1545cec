import { suite } from "uvu";
import * as assert from "uvu/assert";
import { changing } from "../../support/zfs/calls.js";
import { zfsTests } from "../../support/zfs/deep.js";
import { inZfsGuest } from "../../support/zfs/guest.js";
import { zfsPlanOf } from "../../support/zfs/plans.js";

const test = suite("disks that carry something, on real ZFS");
const zfsTest = zfsTests(test);

const BY_ID = "/dev/disk/by-id";
const POOL = `pool tank {
  raid = mirror
  disks = ["${BY_ID}/ata-new", "${BY_ID}/ata-old"]
}
`;
const SFDISK = `sfdisk --quiet --label gpt ${BY_ID}/ata-old`;

/** Signatures are at both ends of a disk. */
const DIGEST = `sync; for end in head tail; do $end -c 4M ${BY_ID}/ata-old | sha256sum; done`;

/** What somebody did with the second disk, and what the message calls it. */
const USED: readonly (readonly [what: string, script: string, named: string])[] = [
  ["a file system", `mkfs.ext4 -q ${BY_ID}/ata-old`, "ext4"],
  ["swap", `mkswap ${BY_ID}/ata-old`, "swap"],
  ["a GPT without partitions", `echo 'label: gpt' | ${SFDISK}`, "gpt"],
  ["a GPT with a partition", `echo ',64M' | ${SFDISK}; udevadm settle; mkfs.ext4 -q ${BY_ID}/ata-old-part1`, "gpt"],
  ["an MS-DOS partition table", `echo ',64M' | sfdisk --quiet --label dos ${BY_ID}/ata-old`, "dos"],
  ["the pool of another host", `zpool create other ${BY_ID}/ata-old; zpool export other`, "gpt"],
  ["a pool that is there", `zpool create other ${BY_ID}/ata-old`, "gpt"],
  [
    "what was left of a pool",
    `zpool create -f other $(realpath ${BY_ID}/ata-old); zpool export other; sfdisk --quiet --delete ${BY_ID}/ata-old`,
    "gpt",
  ],
];

zfsTest("a pool is made on no disk with a signature: the plan names it, and the disk is as before", async () => {
  const { script, disks } = await zfsPlanOf(POOL);
  const plan = "bash /payload/plan.sh";
  const steps = USED.flatMap(([, use], i) => [
    [`use${i}`, `set -e; ${use}`],
    [`before${i}`, DIGEST],
    [`apply${i}`, plan],
    [`after${i}`, `${DIGEST}; wipefs --no-act ${BY_ID}/ata-new; zpool list -H -o name tank`],
    [
      `clear${i}`,
      `zpool destroy other; for part in ${BY_ID}/ata-old-part*; do wipefs -aq $part; done; wipefs -aq ${BY_ID}/ata-old`,
    ],
  ]);
  const ran = await inZfsGuest({
    disks,
    diskSize: 128 * 1024 ** 2,
    files: { "plan.sh": script },
    steps: Object.fromEntries([...steps, ["free", plan], ["quiet", plan]]) as Record<string, string>,
  });
  const of = (name: string): NonNullable<(typeof ran)[string]> =>
    ran[name] ?? { code: -1, stdout: "", stderr: "", calls: [] };
  for (const [i, [what, , named]] of USED.entries()) {
    assert.is(of(`use${i}`).code, 0, `${what}: ${of(`use${i}`).stderr}`);
    const { code, stdout, stderr } = of(`apply${i}`);
    assert.is(code, 3, `${what}: ${stdout}${stderr}`);
    assert.match(stderr, `${BY_ID}/ata-old`, what);
    assert.match(stderr, named, what);
    assert.not.match(stderr, "ata-new", what);
    assert.equal(changing(of(`apply${i}`)), [], what);
    assert.is(of(`after${i}`).stdout, of(`before${i}`).stdout, what);
  }
  assert.is(of("free").code, 0, of("free").stdout + of("free").stderr);
  assert.match(of("quiet").stdout, "Changes made: 0.");
});

test.run();
