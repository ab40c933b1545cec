import { suite } from "uvu";
import * as assert from "uvu/assert";
import { changing } from "../../support/zfs/calls.js";
import { zfsTests } from "../../support/zfs/deep.js";
import { inZfsGuest } from "../../support/zfs/guest.js";
import { zfsPlanOf } from "../../support/zfs/plans.js";

const test = suite("keys and snapshots, on real ZFS");
const zfsTest = zfsTests(test);

const POOL = `pool tank { disks = ["/dev/disk/by-id/ata-one"] }\n`;
const PLAN = "bash /payload/plan.sh";
const KEY = "correct horse battery";
/** There is no systemd in the guest. */
const SYSTEMCTL = "ln -sf /usr/bin/true /usr/local/bin/systemctl";
const LOCK = "zfs unmount tank/secret && zfs unload-key tank/secret";
const STATE = "zfs get -H -o value encryption,keystatus,mounted tank/secret";

zfsTest("a dataset is encrypted, unlocked by a run and at the start, and its key is seen nowhere", async () => {
  const { script, disks } = await zfsPlanOf(`${POOL}dataset tank/secret {
  encryption = aes-256-gcm
  key { from = secret("file:/root/secret.key") }
}
`);
  const ran = await inZfsGuest({
    disks,
    files: { "plan.sh": script },
    steps: {
      without: PLAN,
      apply: `${SYSTEMCTL} && echo '${KEY}' >/root/secret.key && ${PLAN}`,
      again: PLAN,
      locked: `${LOCK} && ${PLAN} && ${STATE}`,
      atStart: `${LOCK} && eval "$(sed -n 's/^ExecStart=//p' /etc/systemd/system/phxc-zfs-key-*.service)" && zfs mount -a && ${STATE}`,
      wrong: `${LOCK} && echo 'another horse' >/root/secret.key && ${PLAN}`,
      traces: `grep -rlF '${KEY}' /var/lib/phxc /etc /run /tmp`,
    },
  });
  assert.is(ran.without.code, 3, ran.without.stdout + ran.without.stderr);
  for (const { code, stdout, stderr } of [ran.apply, ran.again, ran.locked, ran.atStart])
    assert.is(code, 0, stdout + stderr);
  assert.equal(changing(ran.again), []);
  assert.match(ran.again.stdout, "Changes made: 0.");
  for (const { stdout } of [ran.locked, ran.atStart]) assert.match(stdout, /aes-256-gcm\navailable\nyes\n$/);
  assert.is(ran.wrong.code, 4, ran.wrong.stdout + ran.wrong.stderr);
  assert.match(ran.wrong.stderr, "Incorrect key provided");
  assert.is(ran.traces.stdout, "");
  for (const { stdout, stderr } of Object.values(ran)) assert.not.match(stdout + stderr, KEY);
});

zfsTest("with a key what the plan names is mounted, with what it lies in, and nothing else", async () => {
  const secret = `${POOL}dataset tank/secret { key { from = secret("file:/root/secret.key") } }\n`;
  const [first, whole] = await Promise.all(
    [secret, `${secret}dataset tank/secret/mid/leaf { }\ndataset tank/secret/own { mountpoint = "/srv/own" }\n`].map(
      zfsPlanOf,
    ),
  );
  assert.ok(first !== undefined && whole !== undefined);
  const ran = await inZfsGuest({
    disks: whole.disks,
    files: { "first.sh": first.script, "plan.sh": whole.script },
    steps: {
      first: `${SYSTEMCTL} && echo '${KEY}' >/root/secret.key && bash /payload/first.sh`,
      theirs: "zfs create tank/secret/mid && zfs create tank/secret/theirs && zfs create tank/plain",
      whole: PLAN,
      lock: `zfs unmount tank/plain && zfs unmount tank/secret/own && ${LOCK}`,
      unlocked: PLAN,
      mounted: "zfs mount | sort",
      again: PLAN,
    },
  });
  for (const { code, stdout, stderr } of Object.values(ran)) assert.is(code, 0, stdout + stderr);
  assert.equal(changing(ran.unlocked), [
    "zfs load-key tank/secret",
    "zfs mount tank/secret",
    "zfs mount tank/secret/mid",
    "zfs mount tank/secret/mid/leaf",
    "zfs mount tank/secret/own",
  ]);
  assert.equal(
    ran.mounted.stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/ +/)),
    [
      ["tank", "/tank"],
      ["tank/secret", "/tank/secret"],
      ["tank/secret/mid", "/tank/secret/mid"],
      ["tank/secret/mid/leaf", "/tank/secret/mid/leaf"],
      ["tank/secret/own", "/srv/own"],
    ],
  );
  assert.equal(changing(ran.again), []);
});

/** Runs the command of a line of cron.d as cron does, five times, on five days. */
const FIVE_DAYS = `cat >/usr/local/bin/date <<'TEXT'
#!/bin/bash
read -r day </run/day
echo "2026010$day-0000"
TEXT
chmod 755 /usr/local/bin/date
line=$(grep ' root ' /etc/cron.d/phxc-zfs-*)
line=\${line#* root }
for day in 1 2 3 4 5; do
	echo $day >/run/day
	sh -c "\${line//\\\\%/%}" || exit
	sleep 1
done
rm /usr/local/bin/date
`;

zfsTest("snapshots are taken below as well, the newest of the period stay, and those of others", async () => {
  const { script, disks } = await zfsPlanOf(`${POOL}dataset tank/home {
  snapshots daily { keep = 2, recursive = true }
}
dataset tank/home/below { }
`);
  const names = ["tank/home@by-hand", "tank/home@phxc-weekly-20260101-0000", "tank/home/below@phxc-daily-mine"];
  const others = names.map((name) => `zfs snapshot ${name}`).join(" && ");
  const ran = await inZfsGuest({
    disks,
    files: { "plan.sh": script },
    steps: { apply: PLAN, again: PLAN, others, days: FIVE_DAYS, list: "zfs list -H -t snapshot -o name" },
  });
  for (const { code, stdout, stderr } of [ran.apply, ran.again, ran.others, ran.days])
    assert.is(code, 0, stdout + stderr);
  assert.match(ran.again.stdout, "Changes made: 0.");
  assert.equal(ran.list.stdout.trimEnd().split("\n").toSorted(), [
    "tank/home/below@phxc-daily-20260104-0000",
    "tank/home/below@phxc-daily-20260105-0000",
    "tank/home/below@phxc-daily-mine",
    "tank/home@by-hand",
    "tank/home@phxc-daily-20260104-0000",
    "tank/home@phxc-daily-20260105-0000",
    "tank/home@phxc-weekly-20260101-0000",
  ]);
});

test.run();
