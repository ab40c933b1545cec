import { suite } from "uvu";
import * as assert from "uvu/assert";
import { HOST, byHand, ct, settled, vm, withCommitted } from "../support/committed.js";
import { hasLinters, lintScript } from "../support/script-lint.js";

const test = suite("what the files no longer declare");

test("an option that leaves the files is deleted by the next plan, once", () =>
  withCommitted(async (project) => {
    const { write, apply, conf } = project;
    await write(HOST + vm(100, "a", "cores = 2\n  options { balloon = 0 }"));
    await settled(project);
    assert.match(conf("vm", 100), /^balloon: 0$/m);
    const told = await write(HOST + vm(100, "a", "cores = 2"));
    assert.match(told, /- vm 100 a: balloon$/m);
    const check = await apply("--check");
    assert.equal([check.code, check.said], [2, ["~ vm 100 a: balloon 0 -> (removed)"]]);
    const run = await apply();
    assert.match(run.commands.join("\n"), /^qm set 100 --delete balloon --digest \w+$/);
    assert.not.match(conf("vm", 100), /balloon/);
    assert.equal(await settled(project), []);
  }));

test("an option that somebody changed is left as it is, with a note; so is one that is gone already", () =>
  withCommitted(async (project) => {
    const { write, apply, conf } = project;
    await write(HOST + vm(100, "a", 'cores = 2\n  description = "x: y"\n  options { balloon = 0 }'));
    await settled(project);
    await byHand(project, "qm set 100 --balloon 256");
    await byHand(project, "qm set 100 --delete cores");
    await write(HOST + vm(100, "a"));
    const run = await apply();
    assert.equal([run.code, run.said], [0, ["~ vm 100 a: description x%3A y -> (removed)"]], run.stdout);
    assert.match(run.stdout, /balloon is no longer declared and not what it was declared as \(0\)/);
    assert.match(conf("vm", 100), /^balloon: 256$/m);
    await settled(project);
  }));

test("an option that is declared again, or as absent, is not retired any more", () =>
  withCommitted(async (project) => {
    const { write, read } = project;
    const retired = (): unknown => (JSON.parse(read("plans/pve1/plan.json")) as { retired: unknown }).retired;
    await write(HOST + ct(101, "a", "cores = 2"));
    await write(HOST + ct(101, "a"));
    assert.is((retired() as readonly unknown[]).length, 1);
    await write(HOST + ct(101, "a", "cores = 3"));
    assert.equal(retired(), []);
    await write(HOST + ct(101, "a"));
    await write(HOST + ct(101, "a", "cores = absent"));
    assert.equal(retired(), []);
    await settled(project);
  }));

test("a key of a network interface goes by itself; the address that Proxmox made stays", () =>
  withCommitted(async (project) => {
    const { write, conf } = project;
    const net = (more: string): string =>
      `network lan { bridge = vmbr0, subnet = 10.0.0.0/24 }\n${HOST}${vm(100, "a", `net lan { ip = none${more} }`)}${ct(101, "b", `net lan { ip = dhcp${more} }`)}`;
    await write(net(", vlan = 5, rate = 10"));
    await settled(project);
    const mac = /virtio=([0-9A-F:]+)/.exec(conf("vm", 100))?.[1];
    await write(net(", rate = 10"));
    assert.equal(
      await settled(project),
      ["~ vm 100 a: net0.tag 5 -> (removed)", "~ ct 101 b: net0.tag 5 -> (removed)"].toSorted(),
    );
    assert.match(conf("vm", 100), new RegExp(`^net0: virtio=${mac},bridge=vmbr0,rate=10$`, "m"));
    assert.match(conf("ct", 101), /^net0: .*ip=dhcp.*rate=10/m);
    await write(`network lan { bridge = vmbr0, subnet = 10.0.0.0/24 }\n${HOST}${vm(100, "a")}${ct(101, "b")}`);
    await settled(project);
    assert.not.match(conf("vm", 100), /^net0/m);
    assert.not.match(conf("ct", 101), /^net0/m);
  }));

test("a volume is only detached, a mount is removed, whatever their slot is; the others stay where they are", () =>
  withCommitted(async (project) => {
    const { write, conf } = project;
    const one = 'mount "/srv/a" { at = "/a" }';
    const two = 'disk data { size = 1GiB, storage = local-lvm, at = "/data" }';
    const three = 'mount "/srv/c" { at = "/c", readonly = true }';
    await write(HOST + ct(101, "a", [one, two, three].join("\n")));
    await settled(project);
    await write(HOST + ct(101, "a", [two, three].join("\n")));
    assert.equal(await settled(project), ["~ ct 101 a: mp0 /srv/a,mp=/a -> (removed)"]);
    await write(HOST + ct(101, "a", three.replace(", readonly = true", "")));
    const said = await settled(project);
    assert.equal(said.length, 2, said.join("\n"));
    assert.match(conf("ct", 101), /^unused0: local-lvm:vm-101-disk-1$/m);
    assert.match(conf("ct", 101), /^mp2: \/srv\/c,mp=\/c$/m);
  }));

test("disks keep their slots when one before them leaves the files", () =>
  withCommitted(async (project) => {
    const { write, conf } = project;
    const disk = (name: string, size = "1GiB"): string => `disk ${name} { size = ${size}, storage = local-lvm }\n`;
    await write(HOST + vm(100, "a", disk("one") + disk("two")));
    await settled(project);
    const two = /^scsi2: (.*)$/m.exec(conf("vm", 100))?.[1];
    await write(HOST + vm(100, "a", disk("two") + disk("three", "2GiB")));
    await settled(project);
    assert.is(/^scsi2: (.*)$/m.exec(conf("vm", 100))?.[1], two);
    assert.match(conf("vm", 100), /^unused0: local-lvm:vm-100-disk-1$/m);
    assert.match(conf("vm", 100), /^scsi3: local-lvm:vm-100-disk-3,/m);
    assert.not.match(conf("vm", 100), /^scsi1: /m);
  }));

test("devices, raw lines and the firewall file go; a file that somebody else wrote stays", () =>
  withCommitted(async (project) => {
    const { write, apply, conf, host } = project;
    const rules = "firewall { policy_in = DROP, in accept tcp 22 }";
    const more = `device "/dev/kvm" { mode = 0660 }\n device "/dev/ttyUSB0" {}\n raw { "lxc.cap.drop" = [sys_time], "lxc.apparmor.profile" = unconfined }`;
    await write(HOST + ct(101, "a", `${more}\n${rules}`) + ct(102, "b", rules));
    await settled(project);
    assert.ok(host.capture().files["/etc/pve/firewall/101.fw"]);
    await host.runScript("printf '[OPTIONS]\\nenable: 0\\n' >\"${PHXC_ROOT}/etc/pve/firewall/102.fw\"\n");
    await write(
      HOST + ct(101, "a", 'device "/dev/kvm" {}\n raw { "lxc.apparmor.profile" = unconfined }') + ct(102, "b"),
    );
    const run = await apply();
    assert.is(run.code, 0, run.stderr);
    assert.match(run.stdout, /102\.fw is no longer declared and was not made by phxc/);
    assert.match(conf("ct", 101), /^dev0: \/dev\/kvm$/m);
    assert.not.match(conf("ct", 101), /ttyUSB0|sys_time/);
    assert.match(conf("ct", 101), /^lxc\.apparmor\.profile: unconfined$/m);
    assert.equal(
      [101, 102].map((id) => host.capture().files[`/etc/pve/firewall/${id}.fw`] !== undefined),
      [false, true],
    );
    await write(HOST + ct(101, "a") + ct(102, "b"));
    await settled(project);
    assert.not.match(conf("ct", 101), /^dev0|lxc\./m);
  }));

test("a snapshot goes with --allow-destroy only", () =>
  withCommitted(async (project) => {
    const { write, apply, conf } = project;
    await write(HOST + ct(101, "a", "snapshot first { }\nsnapshot second { }"));
    await settled(project);
    await write(HOST + ct(101, "a", "snapshot first { }"));
    const without = await apply();
    assert.equal([without.code, without.said, without.commands], [0, [], []]);
    assert.match(without.stdout, /snapshot second is no longer declared; to delete, needs --allow-destroy/);
    assert.is((await apply("--check")).code, 0);
    assert.equal(await settled(project, "--allow-destroy"), ["- ct 101 a: delete snapshot second"]);
    assert.match(conf("ct", 101), /^\[first\]$/m);
    assert.not.match(conf("ct", 101), /^\[second\]$/m);
  }));

test("what a running guest does not give up at once waits for its restart, and is not removed twice", () =>
  withCommitted(async (project) => {
    const { write, apply, conf } = project;
    const on = "state = running\n";
    const more =
      'mount "/srv/a" { at = "/a" }\n disk data { size = 1GiB, storage = local-lvm, at = "/data" }\n nesting = true';
    await write(
      HOST + vm(100, "a", `${on}cores = 2\n disk data { size = 1GiB, storage = local-lvm }`) + ct(101, "b", on + more),
    );
    await settled(project);
    await write(HOST + vm(100, "a", on) + ct(101, "b", on));
    const said = await settled(project);
    assert.is(said.length, 5, said.join("\n"));
    const waiting = (await apply()).stdout;
    assert.match(waiting, /vm 100 a: a restart is needed for .*cores/);
    assert.match(waiting, /ct 101 b: a restart is needed for /);
    for (const [tool, id] of [
      ["qm", 100],
      ["pct", 101],
    ] as const)
      await byHand(project, `${tool} shutdown ${id}`);
    await settled(project);
    assert.not.match(conf("vm", 100), /^(cores|scsi1):/m);
    assert.not.match(conf("ct", 101), /^(mp\d|features):/m);
    assert.match(conf("ct", 101), /^unused0: /m);
  }));

test("a disk that a running guest refuses to give up waits for its restart, and is no failure", () =>
  withCommitted(async (project) => {
    const { write, apply, conf, host } = project;
    const more = "state = running\n";
    await write(HOST + vm(100, "a", `${more}disk data { size = 1GiB, storage = other }`) + vm(101, "b"));
    await settled(project);
    host.state.manners[100] = { refusesUnplug: true };
    await write(HOST + vm(100, "a", more) + vm(101, "b", "cores = 2"));
    const run = await apply();
    const gone = "~ vm 100 a: scsi1 other:vm-100-disk-0,size=1G -> (removed)";
    assert.equal([run.code, run.said], [0, [gone, "~ vm 101 b: cores (unset) -> 2"]], run.stdout + run.stderr);
    assert.match(run.stdout, /vm 100 a: the running guest refused a part of it, which waits for its restart/);
    assert.match(run.stdout, /vm 100 a: a restart is needed for scsi1 \(to be removed\)/);
    assert.match(conf("vm", 100), /^scsi1: /m);
    assert.equal(await settled(project), []);
    await byHand(project, "qm shutdown 100");
    await settled(project);
    assert.not.match(conf("vm", 100), /^scsi1: /m);
    assert.match(conf("vm", 100), /^unused0: other:vm-100-disk-0$/m);
  }));

test("a script that takes things back is clean for the linters", () =>
  withCommitted(async ({ write, read }) => {
    await write(
      HOST + vm(100, "a", "cores = 2\nsnapshot one { }") + ct(101, "b", 'raw { "lxc.cap.drop" = ["it\'s"] }'),
    );
    await write(HOST + vm(100, "renamed"));
    await write(HOST + vm(100, "again", "options { balloon = 0 }"));
    const script = read("plans/pve1/plan.sh");
    assert.match(script, /retired_guest ct 101 'b'/);
    if (hasLinters()) assert.equal(lintScript(script), []);
  }));

test("writing twice gives the same bytes", () =>
  withCommitted(async ({ write, read }) => {
    for (const text of [ct(101, "x", "memory = 512MiB"), ct(101, "y"), ""]) {
      await write(HOST + text);
      const files = (): readonly string[] => ["plan.sh", "plan.json"].map((name) => read(`plans/pve1/${name}`));
      const before = files();
      assert.match(await write(HOST + text), /are as they were$/m);
      assert.equal(files(), before);
    }
  }));

test.run();
