import { suite } from "uvu";
import * as assert from "uvu/assert";
import { plan } from "../../src/planner/index.js";
import { fleet } from "../support/fleet.js";
import { command, ct, findings, net, option, probe, root, stepsOf, vm } from "../support/lowering.js";
import type { Settings } from "../support/lowering.js";
import { absent, block, gib, kinds, mib, modelOf, ref } from "../support/model.js";
import type { Block } from "../support/model.js";
import { checkCommand } from "../support/option-tables.js";
import { hasShared } from "../support/paths.js";

const test = suite("lower");

test("every command of the fleet parses against Proxmox's tables", () => {
  if (!hasShared) return console.log("skipped: the tables of Proxmox are not here");
  const commands = plan(fleet, kinds).value.steps.flatMap((step) => step.commands.map((argv) => ({ argv, step })));
  assert.ok(commands.length > 30);
  for (const { argv, step } of commands) {
    assert.equal(checkCommand(argv, { partialProperties: step.probe.kind === "options" }), [], argv.join(" "));
  }
});

test("the tables refuse what Proxmox refuses", () => {
  if (!hasShared) return console.log("skipped: the tables of Proxmox are not here");
  const refused = [
    "qm set 100 --memory 2G",
    "qm set 100 --net32 virtio",
    "qm set 100 --net0 virtio,brigde=vmbr0",
    "qm set 100 --scsi0 local:1,foo=1",
    "qm set 100 --scsi0 cache=none",
    "qm set 100 --tablet yes",
    "qm set 100 --frobnicate 1",
    "qm set 100 --memory 512 --memory 512",
    "qm set --memory 512",
    "qm frobnicate 100",
    "qm disk resize 100 scsi0",
    "qm clone 100 101 102 --name x",
    "qm clone 100 101 --name a_b",
    "pct set 100 --net0 bridge=vmbr0",
    "pct set 100 --cores 0",
    "pct create 100 --hostname x",
    "pct resize 100 rootfs tiny",
    "pvesm add zfspool x --poool y",
    "pvesm add floppy x",
  ];
  for (const line of refused) assert.is.not(checkCommand(line.split(" ")).length, 0, line);
  assert.equal(checkCommand("qm set 100 --net0 virtio=52:54:00:AA:00:01,bridge=vmbr0,tag=5".split(" ")), []);
  assert.equal(checkCommand(["zfs", "anything"]), []);
});

test("a container is made with what cannot be set later", () => {
  const steps = stepsOf(ct({ unprivileged: false, ostype: "debian", cores: 4, memory: mib(512) }));
  const expected = "pct create 101 /x.tar.zst --hostname web --rootfs local-zfs:8 --unprivileged 0 --ostype debian";
  assert.is(command(steps, "ct.101.create"), expected);
  assert.equal(probe(steps, "guest-absent").storages, ["local-zfs"]);
});

test("a container needs one source and a root disk", () => {
  assert.equal(findings(ct({ image: absent, clone: absent })), ["PHX5102"]);
  assert.equal(findings(block("ct", { id: 101, name: "web" }, {}, [root])), ["PHX5101"]);
  assert.equal(findings(ct({}, [])), ["PHX5103"]);
  assert.equal(findings(ct({}, [block("disk", { name: "root" }, { size: gib(8) })])), ["PHX5103"]);
  assert.equal(findings(ct({}, [block("disk", { name: "root" }, { storage: "local-zfs" })])), ["PHX5103"]);
});

test("a volume says its size, storage and place", () => {
  assert.equal(findings(ct({}, [root, block("disk", { name: "data" }, { at: "/data" })])), ["PHX5104"]);
  assert.equal(findings(ct({}, [root, block("disk", { name: "data" }, { size: gib(1) })])), ["PHX5104"]);
});

test("mounts and volumes count together, in source order", () => {
  const data = block("disk", { name: "data" }, { size: gib(1), storage: "local-zfs", at: "/data", readonly: false });
  const mount = block("mount", { path: "/srv/x" }, { at: "/x" });
  const steps = stepsOf(ct({}, [mount, root, data]));
  assert.is(option(steps, "mp0"), "/srv/x,mp=/x");
  assert.is(option(steps, "mp1"), "local-zfs:1,mp=/data,ro=0");
  assert.is(command(steps, "ct.101.disk.data"), "pct resize 101 mp1 1G");
});

test("the owner of a mount is shifted for unprivileged containers only", () => {
  const mount = block("mount", { path: "/srv/x" }, { at: "/x", owner: "33:34" });
  const owner = (set: Settings, inner: readonly Block[] = []): unknown =>
    probe(stepsOf(ct(set, [root, mount, ...inner])), "directory").owner;
  assert.equal(owner({ unprivileged: true }), { uid: 100033, gid: 100034 });
  assert.equal(owner({}), { uid: 100033, gid: 100034 });
  assert.equal(owner({ unprivileged: false }), { uid: 33, gid: 34 });
  const idmap = block("raw", {}, { "lxc.idmap": ["u 0 200000 65536", "g 0 300000 34", "g 34 1034 1"] });
  assert.equal(owner({}, [idmap]), { uid: 200033, gid: 1034 });
});

test("an owner outside the id map is a finding", () => {
  const mount = block("mount", { path: "/srv/x" }, { at: "/x", owner: "70000:0" });
  assert.equal(findings(ct({}, [root, mount])), ["PHX5105"]);
});

test("a clone is unprivileged when its source is", () => {
  const source = block("ct", { id: 100, name: "base" }, { image: "/x.tar.zst", unprivileged: false }, [root]);
  const mount = block("mount", { path: "/srv/x" }, { at: "/x", owner: "0:0" });
  const clone = block("ct", { id: 102, name: "copy" }, { clone: ref("ct.100") }, [mount]);
  assert.equal(probe(stepsOf(source, clone), "directory").owner, { uid: 0, gid: 0 });
});

test("GPUs are an exact set, also when it is empty", () => {
  const steps = stepsOf(ct({ gpus: [1] }, [root, block("device", { path: "/dev/x" }, { uid: 5 })]));
  const { exact, wanted } = probe(steps, "options");
  assert.equal(exact, ["dev"]);
  const devices = wanted.filter((pair) => pair.option.startsWith("dev")).map((pair) => pair.value);
  assert.equal(devices, ["/dev/nvidia1", "/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools", "/dev/x,uid=5"]);
  assert.equal(probe(stepsOf(ct({ gpus: [] })), "options").exact, ["dev"]);
  assert.equal(probe(stepsOf(ct({})), "options").exact, []);
});

test("a declared set of GPUs takes away the raw lines of older tools", () => {
  assert.is(probe(stepsOf(ct({ gpus: [] })), "raw-lines").dropPrefixes.length, 3);
  assert.is(
    stepsOf(ct({})).find((step) => step.probe.kind === "raw-lines"),
    undefined,
  );
});

test("raw lines: one value, several, none", () => {
  const raw = block("raw", {}, { "lxc.cap.drop": ["a", "b"], "lxc.apparmor.profile": "unconfined", "lxc.x": absent });
  const found = probe(stepsOf(ct({}, [root, raw])), "raw-lines");
  assert.equal(found.lines, [
    { key: "lxc.cap.drop", values: ["a", "b"] },
    { key: "lxc.apparmor.profile", values: ["unconfined"] },
  ]);
  assert.equal(found.dropPrefixes, ["lxc.x:"]);
});

test("absent options and keys are deleted, omitted ones are left alone", () => {
  const steps = stepsOf(ct({ cores: absent, nesting: absent, nameservers: absent }, [root, net({ vlan: absent })]));
  const { absent: options, absentKeys } = probe(steps, "options");
  assert.equal(options, ["cores", "nameserver"]);
  assert.equal(absentKeys, ["features.nesting", "net0.tag"]);
  assert.match(command(steps, "ct.101.options"), / --delete cores,nameserver$/);
  assert.not.match(command(steps, "ct.101.options"), /memory|swap|onboot|tags/);
});

test("an interface takes prefix and gateway of its network", () => {
  const steps = stepsOf(
    ct({}, [root, net({ ip: "10.0.0.5" }), net({ ip: "10.0.0.6", mtu: 1400 }), net({ ip: "none" })]),
  );
  assert.is(option(steps, "net0"), "name=eth0,bridge=vmbr0,gw=10.0.0.1,ip=10.0.0.5/24");
  assert.is(option(steps, "net1"), "name=eth1,bridge=vmbr0,ip=10.0.0.6/24,mtu=1400");
  assert.is(option(steps, "net2"), "name=eth2,bridge=vmbr0,ip=manual");
});

test("an interface has IPv4 and IPv6, each with prefix and gateway of its network", () => {
  const dual = block("network", { name: "dual" }, { bridge: "vmbr0", subnet6: "fd00:1::/64", gateway6: "fe80::1" });
  const on = (set: Settings): Block => block("net", { network: ref("network.dual", "dual") }, set);
  const nets = [
    on({ ip: "10.9.0.5/24", gateway: "10.9.0.1", ip6: "fd00:1::5" }),
    on({ ip: "dhcp", ip6: "auto" }),
    on({ ip6: "fd00:1::6/64" }),
  ];
  const steps = stepsOf(dual, vm({}, [root, ...nets]));
  assert.is(option(steps, "ipconfig0"), "gw=10.9.0.1,gw6=fe80::1,ip=10.9.0.5/24,ip6=fd00:1::5/64");
  assert.is(option(steps, "ipconfig1"), "ip=dhcp,ip6=auto");
  assert.is(option(steps, "ipconfig2"), "ip6=fd00:1::6/64");
  assert.match(command(steps, "vm.201.create"), "--ide2 local-zfs:cloudinit");
  const container = stepsOf(dual, ct({}, [root, on({ ip: "none", ip6: "none" })]));
  assert.is(option(container, "net0"), "name=eth0,bridge=vmbr0,ip=manual,ip6=manual");
});

test("addresses of the other version, and IPv6 without a prefix", () => {
  const bare = block("network", { name: "bare" }, { bridge: "vmbr0" });
  const on = (set: Settings): Block => block("net", { network: ref("network.bare", "bare") }, set);
  assert.equal(findings(bare, ct({}, [root, on({ ip6: "fd00::5" })])), ["PHX5007"]);
  assert.equal(findings(bare, ct({}, [root, on({ ip6: "10.0.0.5/24" })])), ["PHX5091"]);
  assert.equal(findings(bare, ct({}, [root, on({ ip: "fd00::4/64", ip6: "auto" })])), ["PHX5091"]);
  assert.equal(findings(bare, ct({}, [root, on({ ip6: "fd00::5/64", gateway6: "10.0.0.1" })])), ["PHX5091"]);
  assert.equal(findings(bare, ct({}, [root, on({ ip: "fd00::4/64", gateway: "fd00::1" })])), []);
});

test("an interface without bridge, an address without prefix", () => {
  const bare = block("network", { name: "bare" }, {});
  const on = (set: Settings): Block => block("net", { network: ref("network.bare", "bare") }, set);
  assert.equal(findings(bare, ct({}, [root, on({ ip: "dhcp" })])), ["PHX5008"]);
  assert.equal(findings(bare, ct({}, [root, on({ bridge: "vmbr1", ip: "10.9.0.1" })])), ["PHX5007"]);
  assert.equal(findings(bare, ct({}, [root, on({ bridge: "vmbr1", ip: "10.9.0.1/16" })])), []);
});

test("name servers of the network are a guest's unless it has its own", () => {
  assert.is(option(stepsOf(ct({}, [root, net()])), "nameserver"), "10.0.0.13");
  assert.is(
    option(stepsOf(ct({ nameservers: ["1.1.1.1", "8.8.8.8"] }, [root, net()])), "nameserver"),
    "1.1.1.1 8.8.8.8",
  );
  assert.is(option(stepsOf(vm({}, [root, net({ ip: "none" })])), "nameserver"), undefined);
});

test("a machine from an image imports it, boots from it and has a cloud-init drive where it needs one", () => {
  const plain = stepsOf(vm({}));
  assert.is(command(plain, "vm.201.create"), "qm create 201 --name app --scsi0 local-zfs:0,import-from=/x.img");
  assert.is(option(plain, "boot"), "order=scsi0");
  const disk = block("disk", { name: "root" }, { size: gib(8), storage: "local-zfs", slot: "virtio0", ssd: true });
  const cloud = stepsOf(vm({}, [disk, block("cloud_init", {}, { storage: "local-lvm" })]));
  const expected = "qm create 201 --name app --virtio0 local-zfs:0,import-from=/x.img,ssd=1 --ide2 local-lvm:cloudinit";
  assert.is(command(cloud, "vm.201.create"), expected);
  assert.equal(probe(cloud, "guest-absent").storages, ["local-zfs", "local-lvm"]);
});

test("a machine without a source gets empty disks", () => {
  const steps = stepsOf(block("vm", { id: 201, name: "app" }, {}, [root]));
  assert.is(command(steps, "vm.201.create"), "qm create 201 --name app");
  assert.is(option(steps, "scsi0"), "local-zfs:8");
});

test("disks of machines say where they are", () => {
  const bare = block("disk", { name: "root" }, { size: gib(8) });
  assert.equal(findings(vm({}, [bare])), ["PHX5201"]);
  assert.equal(findings(vm({}, [root, block("disk", { name: "data" }, {})])), ["PHX5202"]);
  const twice = block("disk", { name: "data" }, { size: gib(1), slot: "scsi0" });
  assert.equal(findings(vm({}, [root, twice])), ["PHX5204"]);
  assert.equal(findings(vm({ clone: ref("vm.1") })), ["PHX5203"]);
});

const template = block("vm", { id: 900, name: "tmpl" }, { image: "/x.img", template: true }, [root]);
const cloneOf = (set: Settings, inner: readonly Block[] = []): string =>
  command(
    stepsOf(template, block("vm", { id: 201, name: "app" }, { clone: ref("vm.900"), ...set }, inner)),
    "vm.201.create",
  );

test("a clone of a template is linked unless it is sent elsewhere or wanted full", () => {
  const elsewhere = block("disk", { name: "root" }, { storage: "local-lvm" });
  assert.is(cloneOf({}), "qm clone 900 201 --name app");
  assert.is(cloneOf({}, [root]), "qm clone 900 201 --name app");
  assert.is(cloneOf({ clone_mode: "full" }), "qm clone 900 201 --name app --full 1");
  assert.is(cloneOf({}, [elsewhere]), "qm clone 900 201 --name app --full 1 --storage local-lvm");
  assert.is(cloneOf({ clone_mode: "linked" }, [elsewhere]), "qm clone 900 201 --name app");
});

test("a clone of an ordinary container is full", () => {
  const source = block("ct", { id: 100, name: "base" }, { image: "/x.tar.zst" }, [root]);
  const clone = block("ct", { id: 102, name: "copy" }, { clone: ref("ct.100"), clone_snapshot: "s1" });
  const { value } = plan(modelOf([source, clone]), kinds);
  const create = value.steps.find((step) => step.id === "ct.102.create");
  assert.is(create?.commands[0]?.join(" "), "pct clone 100 102 --hostname copy --snapname s1 --full 1");
  assert.ok(value.requirements.some((entry) => entry.kind === "snapshot" && entry.snapshot === "s1"));
});

test("cloud-init settings of a clone need the drive of its source", () => {
  const cloud = block("cloud_init", {}, { user: "me" });
  const clone = block("vm", { id: 201, name: "app" }, { clone: ref("vm.900") }, [cloud]);
  assert.equal(findings(template, clone), ["PHX5205"]);
  const withDrive = block("vm", { id: 900, name: "tmpl" }, { image: "/x.img", template: true }, [root, cloud]);
  assert.equal(findings(withDrive, clone), []);
});

test("templates are neither started, checked nor snapshotted", () => {
  const boot = block("boot", {}, { start: true });
  const check = block("check", { name: "x" }, { run: "true" });
  const inner = [root, boot, check, block("snapshot", { name: "s1" })];
  const names = stepsOf(ct({ template: true }, inner)).map((step) => step.id);
  assert.equal(names, ["ct.101.inputs", "ct.101.create", "ct.101.options", "ct.101.disk.root", "ct.101.template"]);
});

test("no snapshot beside a mounted host directory", () => {
  const inner = [root, block("mount", { path: "/srv" }, { at: "/x" }), block("snapshot", { name: "s1" })];
  assert.is(
    stepsOf(ct({}, inner)).some((step) => step.probe.kind === "snapshot-absent"),
    false,
  );
});

test("run state: kept as declared, started once, or left as found", () => {
  const start = block("boot", {}, { start: true });
  const want = (set: Settings, inner: readonly Block[] = []): string | undefined => {
    const found = stepsOf(ct(set, [root, ...inner])).find((step) => step.probe.kind === "run-state");
    return found?.probe.kind === "run-state" ? `${found.probe.want} ${found.commands[0]?.join(" ")}` : undefined;
  };
  assert.is(want({ state: "running" }), "running pct start 101");
  assert.is(want({ state: "stopped" }, [start]), "stopped pct shutdown 101 --forceStop 1");
  assert.is(want({}, [start]), "first-start pct start 101");
  assert.is(want({}), undefined);
  assert.is(want({}, [block("boot", {}, { start: false, order: 1 })]), undefined);
});

test("boot options key by key", () => {
  const boot = block(
    "boot",
    {},
    { start: absent, order: 0, delay: absent, down_delay: { type: "duration", value: 9000 } },
  );
  const steps = stepsOf(ct({}, [root, boot]));
  assert.is(option(steps, "startup"), "order=0,down=9");
  assert.equal(probe(steps, "options").absent, ["onboot"]);
  assert.equal(probe(steps, "options").absentKeys, ["startup.up"]);
});

test("checks: a command, a port, a URL; one of them", () => {
  const check = (set: Settings): Block => block("check", { name: "c" }, set);
  const of = (set: Settings): unknown =>
    probe(stepsOf(ct({}, [root, net({ ip: "10.0.0.5" }), check(set)])), "check").test;
  assert.equal(of({ run: "a; b" }), { type: "command", command: "a; b" });
  assert.equal(of({ tcp: 22 }), { type: "tcp", address: "10.0.0.5", port: 22 });
  assert.equal(of({ http: "http://x/" }), { type: "http", url: "http://x/", status: 200 });
  assert.equal(findings(ct({}, [root, check({})])), ["PHX5006"]);
  assert.equal(findings(ct({}, [root, check({ run: "a", tcp: 1 })])), ["PHX5006"]);
  assert.equal(findings(ct({}, [root, net({ ip: "dhcp" }), check({ tcp: 1 })])), ["PHX5005"]);
});

test("pools need the disks of their level", () => {
  const pool = (raid: string, count: number): Block =>
    block("pool", { name: "tank" }, { raid, disks: Array.from({ length: count }, (_, i) => `/dev/disk/by-id/${i}`) });
  assert.is(command(stepsOf(pool("single", 1)), "pool.tank"), "zpool create -o ashift=12 tank /dev/disk/by-id/0");
  assert.match(
    command(stepsOf(pool("raidz1", 3)), "pool.tank"),
    /tank raidz1 \/dev\/disk\/by-id\/0 \/dev\/disk\/by-id\/1 \/dev\/disk\/by-id\/2$/,
  );
  assert.equal(findings(pool("mirror", 1)), ["PHX5401"]);
  assert.equal(findings(pool("raidz3", 3)), ["PHX5401"]);
  assert.equal(findings(pool("single", 0)), ["PHX5401"]);
  assert.equal(findings(pool("single", 2)), ["PHX5402"]);
});

test("storages have what their type needs, and nothing else", () => {
  const storage = (type: string, set: Settings): Block => block("storage", { type, id: "data" }, set);
  assert.equal(findings(storage("dir", {})), ["PHX5301"]);
  assert.equal(findings(storage("nfs", { server: "10.0.0.1" })), ["PHX5301"]);
  assert.equal(findings(storage("zfspool", { pool: "tank", shared: true })), ["PHX5302"]);
  assert.equal(findings(storage("zfspool", { pool: "tank", content: ["images", "iso"] })), ["PHX5303"]);
  assert.equal(
    findings(storage("nfs", { server: "10.0.0.1", export: "/x", options: "vers=4.2", nodes: ["a", "b"] })),
    [],
  );
});

test("images: where they come from and where they lie", () => {
  const image = (set: Settings): Block => block("image", { name: "i" }, set);
  const got = command(stepsOf(image({ url: "http://x/a/b.img?c=d/e" })), "image.i");
  assert.is(got, "wget -nv -O /var/lib/vz/template/iso/b.img.part http://x/a/b.img?c=d/e");
  assert.is(command(stepsOf(image({ template: "t.tar.zst" })), "image.i"), "pveam download local t.tar.zst");
  assert.equal(stepsOf(image({ path: "/srv/x.img" })), []);
  assert.equal(findings(image({})), ["PHX5501"]);
  assert.equal(findings(image({ template: "t.tar.zst", storage: "nas" })), ["PHX5502"]);
  assert.equal(findings(image({ template: "t.tar.zst", url: "http://x/y" })), ["PHX5503"]);
});

test.run();
