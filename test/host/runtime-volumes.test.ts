import { readFileSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { mutating } from "../support/rehearsal.js";
import { conf, option } from "../support/sim-guests.js";
import { zfsHost } from "../support/sim.js";
import { another, appVm, applied, confPath, editConf, scripted, told, webCt } from "../support/script-host.js";

const test = suite("runtime: disks, mounts and devices");

const MOUNTS =
  'disk data { size = 2GiB, storage = cts, at = "/data" }\nmount "/srv/x" { at = "/x", readonly = absent }';

test("mounts are recognised by where they are mounted, at whatever slot", () =>
  applied(webCt(MOUNTS), async ({ host, quiet, check, apply }) => {
    const [data, bind] = [option(host, 200, "mp0"), option(host, 200, "mp1")];
    editConf(host, 200, (text) => text.replace(/^mp0: /m, "mp9: ").replace(/^mp1: (.*)$/m, "mp0: $1,ro=1"));
    assert.equal(await check(), ["~ ct 200 web: mp0.ro 1 -> (unset)"]);
    await apply();
    assert.equal([option(host, 200, "mp9"), option(host, 200, "mp0")], [data, bind]);
    assert.is(option(host, 200, "mp1"), undefined);
    await quiet();
  }));

test("an absent key of one mount is not taken from another that lies in its slot", () =>
  applied(webCt(MOUNTS), async ({ host, quiet }) => {
    editConf(host, 200, (text) =>
      text
        .replace(/^mp0: (.*)$/m, "mp5: $1")
        .replace(/^mp1: (.*)$/m, "mp2: $1")
        .concat("mp1: /srv/other,mp=/other,ro=1\n"),
    );
    await quiet();
  }));

test("a new mount never takes a slot in use, nor one that waits to be removed", () =>
  scripted(webCt(), async ({ host, apply, byHand }) => {
    await apply();
    await byHand("pct set 200 --mp0 cts:1,mp=/mine", "pct start 200", "pct set 200 --delete mp0");
    const more = await another(host, webCt('mount "/srv/x" { at = "/x" }'));
    await more.apply();
    assert.match(option(host, 200, "mp0") ?? "", /^cts:subvol-200-disk-1,mp=\/mine/);
    assert.is(option(host, 200, "mp1"), "/srv/x,mp=/x");
    await more.quiet();
  }));

test("when every slot is taken, the guest is held back", () =>
  scripted(webCt(), async ({ host, apply }) => {
    await apply();
    const more = await another(host, webCt('mount "/srv/x" { at = "/x" }'));
    editConf(host, 200, (text) => text + Array.from({ length: 255 }, (_, n) => `mp${n}: /srv,mp=/m${n}\n`).join(""));
    await more.apply();
    assert.is(option(host, 200, "mp255"), "/srv/x,mp=/x");
    editConf(host, 200, (text) => text.replace(/^mp255: .*/m, "mp255: /srv,mp=/m255"));
    const before = conf(host, 200);
    const run = await more.apply(4);
    assert.equal(told(run), ["! ct 200 web: held back: no slot is free for /x"]);
    assert.is(conf(host, 200), before);
  }));

test("a volume on another storage stays there: held back with the command that moves it", () =>
  applied(
    webCt(MOUNTS) + appVm("disk log { size = 1GiB, storage = vms, slot = scsi3 }"),
    async ({ host, apply, check }) => {
      host.state.volumes["local:100/vm-100-disk-9.raw"] = { size: 2 ** 30, format: "raw", snapshots: [] };
      editConf(host, 100, (text) => text.replace(/^scsi3: .*/m, "scsi3: local:100/vm-100-disk-9.raw,size=1G"));
      editConf(host, 200, (text) => text.replace(/^mp0: cts:/m, "mp0: local:"));
      const held = [
        "! ct 200 web: held back: mp0 is local:subvol-200-disk-1, declared on storage cts; to move it: pct move-volume 200 mp0 cts",
        "! vm 100 app: held back: scsi3 is local:100/vm-100-disk-9.raw, declared on storage vms; to move it: qm disk move 100 scsi3 vms",
      ];
      assert.equal(await check(), held);
      const run = await apply(4);
      assert.equal([told(run), mutating(run)], [held, []]);
    },
  ));

test("a directory is not mounted over a volume, nor a volume in the place of a directory", () =>
  applied(webCt(MOUNTS), async ({ host, apply }) => {
    const before = conf(host, 200);
    editConf(host, 200, (text) => text.replace(/^mp0: .*/m, "mp0: /srv/data,mp=/data"));
    assert.equal(told(await apply(4)), [
      "! ct 200 web: held back: mp0 is /srv/data, declared as cts:2; change that by hand, then run again",
    ]);
    writeFileSync(confPath(host, 200), before.replace(/^mp1: .*/m, "mp1: cts:subvol-200-disk-7,mp=/x"));
    const run = await apply(4);
    assert.match(told(run)[0] ?? "", "mp1 is cts:subvol-200-disk-7, declared as /srv/x; change that by hand");
    assert.equal(mutating(run), []);
  }));

test("an empty slot beside a detached volume is not filled: the data may be in there", () =>
  applied(webCt(MOUNTS) + appVm("disk log { size = 1GiB, storage = vms }"), async ({ byHand, apply, host, quiet }) => {
    await byHand("pct set 200 --delete mp0", "qm set 100 --delete scsi1");
    const run = await apply(4);
    assert.equal(told(run), [
      "! ct 200 web: held back: mp0 is empty and unused0 holds cts:subvol-200-disk-1: attach or remove it by hand, then run again",
      "! vm 100 app: held back: scsi1 is empty and unused0 holds vms:vm-100-disk-1: attach or remove it by hand, then run again",
    ]);
    assert.equal(mutating(run), []);
    await byHand("pct set 200 --mp7 cts:subvol-200-disk-1,mp=/data", "qm set 100 --scsi1 vms:vm-100-disk-1");
    assert.match(option(host, 200, "mp7") ?? "", "cts:subvol-200-disk-1,mp=/data");
    await quiet();
  }));

test("a disk that waits to be detached is not replaced by an empty one", () =>
  applied(appVm("state = running\ndisk log { size = 1GiB, storage = vms }"), async ({ host, apply }) => {
    host.state.manners[100] = { refusesUnplug: true };
    await host.execute(["qm", "set", "100", "--delete", "scsi1"]);
    assert.match(conf(host, 100), "\n[PENDING]\ndelete: scsi1\n");
    const run = await apply(4);
    assert.match(
      told(run).join("\n"),
      /^! vm 100 app: held back: scsi1 \(vms:vm-100-disk-1,size=1G\) waits to be removed at the next restart/,
    );
    assert.equal(mutating(run), []);
  }));

const smaller = (text: string): string =>
  text.replaceAll("size = 4GiB", "size = 3.5GiB").replace("size = 2GiB", "size = 5GiB");

test("disks grow, with the digest; larger ones and those without a size are noted and left", () =>
  applied(smaller(webCt(MOUNTS) + appVm()), async ({ host }) => {
    const { check, apply, quiet } = await another(host, webCt(MOUNTS) + appVm());
    assert.equal(await check(), ["~ ct 200 web: rootfs size 3584M -> 4G", "~ vm 100 app: scsi0 size 3584M -> 4G"]);
    editConf(host, 100, (text) => text.replace(/^(scsi0: .*),size=[^,\n]*/m, "$1"));
    const run = await apply();
    assert.match(
      run.stdout,
      /^ {2}ct 200 web: mp0 has 5G, which is more than declared \(2G\); disks are never made smaller$/m,
    );
    assert.match(run.stdout, /^ {2}vm 100 app: scsi0 has no recorded size; it is left as it is$/m);
    assert.match(mutating(run).join("\n"), /^pct resize 200 rootfs 4G --digest \w{40}$/);
    await quiet();
  }));

test("a disk that is as large as declared, though its configuration says less, is noted and stops nothing", () =>
  applied(webCt("cores = 2"), async ({ host, apply }) => {
    editConf(host, 200, (text) => text.replace(/^(rootfs: .*),size=.*/m, "$1,size=2G"));
    const run = await apply();
    assert.match(run.stdout, /^ {2}ct 200 web: rootfs is as large as declared, but its recorded size is 2G$/m);
    assert.equal(told(run), []);
  }));

test("`qm disk resize` that does nothing and says that all is well ends the script with 4", () =>
  applied(smaller(appVm()), async ({ host }) => {
    const { script } = await another(host, appVm());
    const lie = 'qm() { if [[ $1 == disk ]]; then echo "unable to resize"; else command qm "$@"; fi; }';
    const run = await host.runScript(script.replace("\nset -Eeuo pipefail\n", `$&${lie}\n`));
    assert.is(run.code, 4, run.stderr);
    assert.match(run.stderr, /^Failed: step vm\.100\.disk\.root \(vm 100 app; asked for by fleet\.phx\)$/m);
    assert.match(
      run.stderr,
      /^ {2}command: {3}'qm' 'disk' 'resize' '100' 'scsi0' '4G' '--digest' '\w{40}'\n {2}exit code: 0, and yet it did not do what it was to do\n {2}its last lines:\n {4}unable to resize$/m,
    );
    assert.match(run.stderr, /^What was done before stays\. Mend the cause and run the same script again/m);
  }));

const GPU_HOST = zfsHost({
  devices: ["/dev/nvidia0", "/dev/nvidia1", "/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools"],
});

test("devices are an exact set: a clone loses what it inherited, in a call of its own, before anything else", () =>
  scripted(
    webCt("gpus = [0, 1]\nsnapshot ready {}") +
      "ct 201 copy {\n clone = web\n clone_snapshot = ready\n cores = 2\n gpus = [1]\n net lan { ip = 10.0.0.21 }\n}\n",
    async ({ host, apply, quiet, check }) => {
      const run = await apply();
      const sets = mutating(run).filter((line) => line.startsWith("pct set 201"));
      assert.is(sets.length, 2, sets.join("\n"));
      assert.match(sets[0] ?? "", /^pct set 201 --delete dev0 --digest \w{40}$/);
      assert.match(sets[1] ?? "", /^pct set 201 --cores 2 --net0 \S+ --digest \w{40}$/);
      const devices = conf(host, 201)
        .split("\n[")[0]
        ?.match(/^dev\d+: .*$/gm)
        ?.map((line) => line.replace(/^dev\d+: /, ""))
        .toSorted();
      assert.equal(devices, ["/dev/nvidia-uvm", "/dev/nvidia-uvm-tools", "/dev/nvidia1", "/dev/nvidiactl"]);
      await quiet();
      editConf(host, 201, (text) =>
        text.replace("\nnet0:", "\ndev7: path=/dev/nvidia0,uid=5\ndev8: uid=0,path=/dev/nvidiactl\nnet0:"),
      );
      assert.equal(await check(), [
        "~ ct 201 copy: dev7 path=/dev/nvidia0,uid=5 -> (removed)",
        "~ ct 201 copy: dev8 uid=0,path=/dev/nvidiactl -> (removed)",
      ]);
      await apply();
      await quiet();
      host.setDevice("/dev/nvidia0", false);
      const without = await apply(4);
      assert.equal(told(without), [
        "! ct 200 web: held back: there is no device /dev/nvidia0",
        "! ct 201 copy: held back: it needs ct 200, which is held back",
      ]);
      assert.match(await check().then(String), "there is no device /dev/nvidia0");
    },
    GPU_HOST,
  ));

test("a device that is gone from the host and from the files is taken away, although Proxmox refuses all else", () =>
  scripted(
    webCt("gpus = []\ncores = 2"),
    async ({ host, apply, byHand, quiet }) => {
      await apply();
      await byHand("pct set 200 --dev0 /dev/nvidia0 --cores 1");
      host.setDevice("/dev/nvidia0", false);
      const run = await apply();
      assert.match(
        mutating(run).join("\n"),
        /^pct set 200 --delete dev0 --digest \w+\npct set 200 --cores 2 --digest \w+$/,
      );
      await quiet();
    },
    GPU_HOST,
  ));

const RAW =
  'raw {\n "lxc.apparmor.profile" = unconfined\n "lxc.mount.entry" = ["/b b none bind 0 0", "/a a none bind 0 0"]\n "lxc.cap.drop" = absent\n}';

test("raw lines: in the first section, several of a key in their order, quiet afterwards, other people's lines kept", () =>
  applied(webCt(`${RAW}\ngpus = []`), async ({ host, quiet, byHand, check, apply }) => {
    const lines = (id: number): string[] =>
      conf(host, id)
        .split("\n[")[0]
        ?.match(/^lxc\..*$/gm) ?? [];
    const wanted = [
      "lxc.apparmor.profile: unconfined",
      "lxc.mount.entry: /b b none bind 0 0",
      "lxc.mount.entry: /a a none bind 0 0",
    ];
    assert.equal(lines(200), wanted);
    await quiet();
    await byHand("pct snapshot 200 by-hand");
    editConf(host, 200, (text) =>
      text
        .replace(
          /\n\n\[by-hand\]/,
          "\nlxc.environment = A=B\nlxc.cap.drop: sys_time\nlxc.mount.entry: /dev/nvidia0 x none\n$&",
        )
        .replace("lxc.apparmor.profile: unconfined", "lxc.apparmor.profile:   generated  "),
    );
    const snapshot = conf(host, 200).slice(conf(host, 200).indexOf("[by-hand]"));
    assert.equal(await check(), [
      "~ ct 200 web: line added: lxc.apparmor.profile: unconfined",
      "~ ct 200 web: line removed: lxc.apparmor.profile: generated",
      "~ ct 200 web: line removed: lxc.cap.drop: sys_time",
      "~ ct 200 web: line removed: lxc.mount.entry: /dev/nvidia0 x none",
    ]);
    await apply();
    assert.equal(lines(200), ["lxc.environment = A=B", ...wanted]);
    assert.is(conf(host, 200).slice(conf(host, 200).indexOf("[by-hand]")), snapshot);
    await quiet();
    editConf(host, 200, (text) => text.replace(/(lxc\.mount\.entry: \/b.*)\n(lxc\.mount\.entry: \/a.*)/, "$2\n$1"));
    assert.equal(await check(), ["~ ct 200 web: lines put in order"]);
    await apply();
    assert.equal(lines(200), ["lxc.environment = A=B", ...wanted]);
  }));

test("raw lines are not written while another holds Proxmox's lock, and a running container's need a restart", () =>
  applied(webCt(`${RAW}\nstate = running`), async ({ host, script, apply }) => {
    const path = confPath(host, 200);
    editConf(host, 200, (text) => text.replace(/^lxc\.apparmor.*\n/m, ""));
    const before = readFileSync(path, "utf8");
    const held = `exec 7>>"\${PHXC_ROOT}/run/lock/lxc/pve-config-200.lock"\nflock 7\n${script.replace("flock -w 10 8", "flock -w 0.1 8").replace("\nset -Eeuo pipefail\n", "\n")}`;
    const blocked = await host.runScript(`#!/usr/bin/env bash\n${held}`);
    assert.is(blocked.code, 4, blocked.stderr);
    assert.match(blocked.stderr, "the lock is held by somebody else");
    assert.is(readFileSync(path, "utf8"), before);
    const run = await apply();
    assert.match(run.stdout, /^ {2}ct 200 web: a restart is needed for its raw lxc lines$/m);
  }));

test.run();
