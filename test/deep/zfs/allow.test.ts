import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ALLOWED, ALLOWING } from "../../support/zfs/allowed.js";
import { changing } from "../../support/zfs/calls.js";
import { zfsTests } from "../../support/zfs/deep.js";
import { inZfsGuest } from "../../support/zfs/guest.js";
import { zfsPlanOf } from "../../support/zfs/plans.js";

const test = suite("what others may do, and what is kept free, on real ZFS");

const POOL = `pool tank { disks = ["/dev/disk/by-id/ata-one"] }\n`;

const FIRST = `${POOL}${ALLOWING}dataset tank/home/a { allow user ada { permissions = [bookmark] } }
zvol tank/v { size = 1GiB, refreservation = auto }
`;
const LAST = `${POOL}dataset tank/home {
  permission_set ops { permissions = [snapshot] }
  allow user ada { permissions = [hold, quota] }
  allow group ops { permissions = ["@ops"] }
}
zvol tank/v { size = 2GiB, refreservation = auto }
`;
const ACCOUNTS =
  "printf 'ada:x:1000:1000::/:/bin/sh\\neve:x:1001:1001::/:/bin/sh\\n' >>/etc/passwd; printf 'ops:x:2000:\\n' >>/etc/group";
const STRANGER = `${POOL}dataset tank/home { allow user bob { permissions = [send] } }\n`;

zfsTests(test)("permissions and what is kept free are as declared, and compared with themselves quiet", async () => {
  const [first, last, stranger] = await Promise.all([FIRST, LAST, STRANGER].map(zfsPlanOf));
  assert.ok(first !== undefined && last !== undefined && stranger !== undefined);
  const ran = await inZfsGuest({
    disks: first.disks,
    files: { "first.sh": first.script, "last.sh": last.script, "stranger.sh": stranger.script },
    steps: {
      accounts: ACCOUNTS,
      first: "bash /payload/first.sh",
      again: "bash /payload/first.sh",
      shown: "zfs allow tank/home",
      drifted: "zfs allow -u eve destroy tank/home && zfs set refreservation=100M tank/v",
      last: "bash /payload/last.sh",
      quiet: "bash /payload/last.sh",
      then: "zfs allow tank/home",
      kept: "zfs get -Hp -o value refreservation tank/v",
      stranger: "bash /payload/stranger.sh",
    },
  });
  for (const { code, stdout, stderr } of [ran.accounts, ran.first, ran.again, ran.drifted, ran.last, ran.quiet])
    assert.is(code, 0, stdout + stderr);
  assert.equal(ran.shown.stdout.trimEnd().split("\n").slice(1), ALLOWED);
  assert.equal([changing(ran.again), changing(ran.quiet)], [[], []]);
  assert.equal(changing(ran.last), [
    "zfs unallow -s @ops compression\\,rollback tank/home",
    "zfs allow -d -u ada quota tank/home",
    "zfs unallow -u ada @ops\\,send tank/home",
    "zfs allow -l -g ops @ops tank/home",
    "zfs set refreservation=auto volsize=2G tank/v",
  ]);
  assert.equal(ran.then.stdout.trimEnd().split("\n").slice(1), [
    "Permission sets:",
    "\t@ops snapshot",
    "Create time permissions:",
    "\tdestroy,mount",
    "Local+Descendent permissions:",
    "\tuser ada hold,quota",
    "\tuser eve destroy",
    "\tgroup ops @ops",
    "\teveryone diff",
  ]);
  // What OpenZFS makes of `auto` for 2 GiB.
  assert.is(ran.kept.stdout.trim(), "2183135232");
  assert.is(ran.stranger.code, 4, ran.stranger.stdout);
  assert.match(ran.stranger.stderr, "zfs allow has ended well, and user bob may not do it");
});

test.run();
