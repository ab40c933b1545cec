import { suite } from "uvu";
import * as assert from "uvu/assert";
import { changing } from "../../support/zfs/calls.js";
import { zfsTests } from "../../support/zfs/deep.js";
import { inZfsGuest } from "../../support/zfs/guest.js";
import { zfsPlanOf } from "../../support/zfs/plans.js";

const test = suite("properties that change, on real ZFS");
const zfsTest = zfsTests(test);

const POOL = `pool tank { disks = ["/dev/disk/by-id/ata-one"] }\n`;

/** Attributes of a dataset: before, after, and what ZFS then says. */
const CHANGES: readonly (readonly [name: string, before: string, after: string, live: string])[] = [
  ["recordsize", "128K", "1M", "1048576"],
  ["compression", "lz4", "zstd", "zstd"],
  ["sync", "standard", "always", "always"],
  ["quota", "1G", "1.5G", "1610612736"],
  ["reservation", "10M", "20M", "20971520"],
  ["atime", "true", "false", "off"],
  ["mountpoint", '"/srv/one"', '"/srv/two"', "/srv/two"],
];
/** Further properties, in the block of that name. */
const FREE: typeof CHANGES = [
  ["acltype", "off", "posix", "posix"],
  ["snapdir", "hidden", "visible", "visible"],
  ["refquota", "1G", "2G", "2147483648"],
  ["copies", "1", "2", "2"],
  ["primarycache", "all", "metadata", "metadata"],
  ["logbias", "latency", "throughput", "throughput"],
  ["dnodesize", "legacy", "auto", "auto"],
  ["special_small_blocks", "0", "16K", "16384"],
  ["exec", "on", "off", "off"],
  ['"com.example:owner"', '"a b"', '"it\'s c"', "it's c"],
];

const ALL = [...CHANGES, ...FREE];
const NAMES = ALL.map(([name]) => name.replaceAll('"', ""));

function declaration(value: 1 | 2): string {
  const lines = (changes: typeof CHANGES): string =>
    changes.map((change) => `${change[0]} = ${change[value]}\n`).join("");
  return `${POOL}dataset tank/data {\n${lines(CHANGES)}properties {\n${lines(FREE)}}\n}\n`;
}

zfsTest(
  "every property of a dataset is set when it differs, in one command, and left alone when it does not",
  async () => {
    const [first, last] = await Promise.all([declaration(1), declaration(2)].map(zfsPlanOf));
    assert.ok(first !== undefined && last !== undefined);
    const ran = await inZfsGuest({
      disks: first.disks,
      files: { "first.sh": first.script, "last.sh": last.script },
      steps: {
        first: "bash /payload/first.sh",
        look: "bash /payload/last.sh --check",
        last: "bash /payload/last.sh",
        again: "bash /payload/last.sh",
        live: `zfs get -Hp -o value ${NAMES.join(",")} tank/data; stat -c %n /srv/two`,
        // What an administrator changed since is put right, and nothing else.
        drifted: "zfs set compression=gzip quota=2G tank/data && zfs inherit atime tank/data",
        mended: "bash /payload/last.sh",
      },
    });
    assert.is(ran.look.code, 2, ran.look.stdout + ran.look.stderr);
    for (const { code, stdout, stderr } of [ran.first, ran.last, ran.again, ran.drifted, ran.mended])
      assert.is(code, 0, stdout + stderr);
    const [set = "", ...rest] = changing(ran.last);
    assert.equal(rest, []);
    assert.equal(
      NAMES.filter((name) => !set.includes(` ${name}=`)),
      [],
    );
    assert.equal(
      NAMES.filter((name) => !ran.look.stdout.includes(`dataset tank/data: ${name} `)),
      [],
    );
    assert.equal(changing(ran.again), []);
    assert.match(ran.again.stdout, "Changes made: 0.");
    assert.equal(ran.live.stdout.trimEnd().split("\n"), [...ALL.map(([, , , live]) => live), "/srv/two"]);
    assert.equal(changing(ran.mended), ["zfs set atime=off compression=zstd quota=1536M tank/data"]);
  },
);

test.run();
