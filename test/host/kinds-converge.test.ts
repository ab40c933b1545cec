import { suite } from "uvu";
import * as assert from "uvu/assert";
import { presupposed, rehearse } from "../../src/rehearsal/index.js";
import { checkCommand } from "../support/option-tables.js";
import { hasShared } from "../support/paths.js";
import { announced, compileSource, mutating, withHost } from "../support/rehearsal.js";

const test = suite("kinds converge");

const SUM = "0".repeat(60);

/** Every attribute of guests that leads to a command, at least once. */
const FLEET = `
host pve1 { address = 10.0.0.13, node = pve1, version = 8.2, cores = 32, memory = 64GiB, gpus = [0, 1] }
network lan {
  bridge = vmbr0, subnet = 10.0.0.0/24, gateway = 10.0.0.1, dns = [10.0.0.13, 1.1.1.1], search = "int.example.net"
}
network iot { bridge = vmbr1, subnet = 10.1.0.0/24, vlan = 20 }
storage dir local { path = "/var/lib/vz", content = [iso, vztmpl, backup] }
image debian { template = "debian-12-standard_12.7-1_amd64.tar.zst", storage = local }
image noble { url = "https://images.example/noble.img", sha256 = "abcd${SUM}" }
profile service {
  description = """
    Runs the 'service' of $HOME; 100 %
    \${1 + 1} lines
    """
  tags = [Prod, "web.1", a]
  protection = true
  boot { start = true, order = 3, delay = 5s, down_delay = 30s }
}
ct 100 basis {
  template = true
  image = debian
  cores = 2
  memory = 1GiB
  swap = 0
  unprivileged = true
  nesting = true
  keyctl = true
  disk root { size = 8GiB, storage = local-lvm }
  net lan { ip = 10.0.0.20, mac = BC:24:11:00:00:01, vlan = 30, firewall = true, mtu = 1400, rate = 10 }
  net iot { ip = none, device = iot0 }
}
ct 101 full extends service {
  clone = basis
  clone_mode = full
  disk root { size = 8GiB, storage = other }
}
ct 102 linked extends service {
  clone = basis
  clone_mode = linked
  tags += [z]
  disk root { size = 12GiB }
}
ct 103 trusted {
  image = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"
  unprivileged = false
  mount_fs = [nfs, cifs]
  disk root { size = 4GiB, storage = local-lvm }
  disk data { size = 4GiB, at = "/data", readonly = false, backup = true }
  mount "/srv/a b" { at = "/a", owner = 33:33, readonly = true }
  net lan { ip = dhcp }
  device "/dev/kvm" { mode = 0660, gid = 100 }
  raw { "lxc.cap.keep" = [chown, kill], "lxc.apparmor.profile" = unconfined }
}
ct 104 ordinary {
  image = "/var/lib/vz/template/cache/alpine.tar.xz"
  ostype = alpine
  timezone = host
  disk root { size = 4GiB, storage = local-lvm }
  mount "/srv/b" { at = "/b", owner = 33:33, backup = true }
  net lan { ip = 10.0.0.30/24, gateway = 10.0.0.1 }
  gpus = [0]
  state = running
  needs = [trusted]
  firewall { policy_in = DROP, in accept tcp [22, 8000..8010] from lan, out accept udp 53 to v }
  check page { http = "https://page.example/health", status = 204, retries = 0, every = 1s, timeout = 4s }
  check port { tcp = 22, retries = 0 }
  check command { run = "systemctl is-system-running || true", retries = 0 }
}
vm 200 v {
  image = noble
  memory = 2GiB
  cores = 2
  bios = ovmf
  scsihw = virtio-scsi-single
  serial = socket
  cpu = host
  ostype = l26
  disk root { size = 10GiB, storage = local-lvm, discard = true, ssd = true, iothread = true, cache = none, backup = false }
  disk data { size = 5GiB }
  disk fast { size = 5GiB, slot = virtio0 }
  net lan { ip = 10.0.0.40, mac = BC:24:11:00:00:02, vlan = 7, model = e1000 }
  cloud_init { user = me, ssh_keys = ["ssh-ed25519 AAAA x@y"], upgrade = false }
  agent = true
  options { balloon = 0, numa = true, cpuunits = 200 }
  snapshot first { }
  restart = when-needed
}
`;

test("every kind of setting converges, and the second run is quiet", async () => {
  const { plan, script } = await compileSource(FLEET);
  const { first, second, state, passed } = await rehearse(script, presupposed(plan), { twice: true });
  assert.is(first.code, 0, first.stdout + first.stderr);
  assert.equal(
    second?.commands.filter((command) => command.mutating),
    [],
    second?.stdout,
  );
  assert.ok(passed);
  const conf = (kind: string, id: number): string => state.files[`/etc/pve/nodes/pve1/${kind}/${id}.conf`] ?? "";
  const has = (text: string, ...lines: readonly string[]): void => {
    for (const line of lines) assert.ok(text.split("\n").includes(line), `${line}\n---\n${text}`);
  };
  has(conf("lxc", 100), "template: 1", "swap: 0", "features: keyctl=1,nesting=1", "nameserver: 10.0.0.13 1.1.1.1");
  assert.match(conf("lxc", 100), /^net0: name=eth0,bridge=vmbr0,firewall=1,.*hwaddr=BC:24:11:00:00:01,.*tag=30/m);
  assert.match(conf("lxc", 100), /^net1: name=iot0,bridge=vmbr1,.*ip=manual,tag=20/m);
  has(conf("lxc", 101), "protection: 1", "onboot: 1", "startup: order=3,up=5,down=30", "tags: a;prod;web.1");
  has(conf("lxc", 101), "#Runs the 'service' of $HOME; 100 %", "#2 lines");
  assert.match(conf("lxc", 101), /^rootfs: other:/m);
  has(conf("lxc", 102), "tags: a;prod;web.1;z");
  assert.match(conf("lxc", 102), /^rootfs: local-lvm:.*size=12G/m);
  has(conf("lxc", 103), "features: mount=nfs;cifs", "dev0: /dev/kvm,gid=100,mode=0660", "lxc.cap.keep: kill");
  assert.match(conf("lxc", 103), /^mp1: \/srv\/a b,mp=\/a,ro=1$/m);
  assert.match(conf("lxc", 104), /^dev3: \/dev\/nvidia-uvm-tools$/m);
  assert.equal(state.owners["/srv/a b"], { uid: 33, gid: 33 });
  assert.equal(state.owners["/srv/b"], { uid: 100033, gid: 100033 });
  has(
    conf("qemu-server", 200),
    "agent: enabled=1",
    "ciuser: me",
    "sshkeys: ssh-ed25519%20AAAA%20x%40y%0A",
    "balloon: 0",
  );
  assert.match(conf("qemu-server", 200), /^scsi0: local-lvm:vm-200-disk-\d,backup=0,.*cache=none,.*size=10G,ssd=1$/m);
  assert.match(conf("qemu-server", 200), /^net0: e1000=BC:24:11:00:00:02,bridge=vmbr0,tag=7$/m);
  const rules = state.files["/etc/pve/firewall/104.fw"] ?? "";
  has(rules, "enable: 1", "policy_in: DROP", "IN ACCEPT -source 10.0.0.0/24 -p tcp -dport 22,8000:8010");
});

test("every command parses against Proxmox's tables, in the plan and as it is run", async () => {
  if (!hasShared) return console.log("skipped: the tables of Proxmox are not here");
  const { plan, script } = await compileSource(FLEET);
  for (const { probe, commands } of plan.steps) {
    const options = { partialProperties: probe.kind === "options" };
    for (const argv of commands) assert.equal(checkCommand(argv, options), [], argv.join(" "));
  }
  const { first } = await rehearse(script, presupposed(plan), { twice: false });
  const run = first.commands.filter(({ argv }) => ["qm", "pct", "pvesm"].includes(argv[0] ?? ""));
  assert.ok(run.length > 15);
  for (const { argv } of run) assert.equal(checkCommand(argv), [], argv.join(" "));
});

/** What somebody changes by hand, and what the next run says about it. */
const DRIFT: readonly (readonly [change: string, said: RegExp])[] = [
  ["pct set 101 --tags mine --description other", /^~ ct 101 full: description .*$/m],
  ["pct set 102 --protection 0", /^~ ct 102 linked: protection 0 -> 1$/m],
  ["pct set 103 --mp1 '/srv/a b,mp=/a'", /^~ ct 103 trusted: mp1\.ro \(unset\) -> 1$/m],
  ["pct set 104 --dev7 /dev/kvm", /^~ ct 104 ordinary: dev7 .*$/m],
  ["chown 0:0 /srv/b", /^~ ct 104 ordinary: owner of \/srv\/b: 0:0 -> 100033:100033$/m],
  ["qm set 200 --net0 e1000=BC:24:11:00:00:02,bridge=vmbr0,tag=9", /^~ vm 200 v: net0\.tag 9 -> 7$/m],
];

test("what somebody changes by hand is shown, mended, and stays mended", async () => {
  const { plan, script } = await compileSource(FLEET);
  await withHost(presupposed(plan), async (host) => {
    assert.is((await host.runScript(script)).code, 0);
    for (const [change] of DRIFT) assert.is((await host.runScript(`${change} </dev/null\n`)).code, 0, change);
    const check = await host.runScript(script, ["--check"]);
    assert.is(check.code, 2);
    for (const [change, said] of DRIFT) assert.match(check.stdout, said, change);
    assert.is(announced(check.stdout).length, DRIFT.length + 1, check.stdout);
    assert.equal(mutating(check), []);
    const mending = await host.runScript(script);
    assert.is(mending.code, 0, mending.stdout);
    const [one, two, three, ...rest] = mutating(mending).map((command) => command.split(" ").slice(0, 3).join(" "));
    assert.equal([one, two, three], ["pct set 101", "pct set 102", "pct set 103"]);
    // The container was changed, so its checks run again, one of them inside of it.
    assert.equal(rest, ["chown 100033:100033 --", "pct set 104", "pct exec 104", "qm set 200"]);
    assert.equal(mutating(await host.runScript(script)), []);
  });
});

test.run();
