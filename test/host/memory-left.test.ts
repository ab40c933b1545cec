import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile, emit, memoryFiles } from "../../src/index.js";
import type { Plan } from "../../src/index.js";
import { THING_KINDS } from "../../src/model/memory.js";
import type { Declared } from "../../src/model/memory.js";
import { builtInPlugins } from "../../src/compile.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { undisturbed } from "../../src/rehearsal/faults.js";
import { faultsAt, surviveAll } from "../support/faults.js";
import { announced, mutating, runThrough, withEmptyHost } from "../support/rehearsal.js";
import { hasLinters, lintScript } from "../support/script-lint.js";

const test = suite("whatever leaves the files is taken back or told");

/** The guests stay, so that what only they need is left alone. */
const GUESTS = `
network lan { bridge = vmbr0, subnet = 10.0.0.0/24, gateway = 10.0.0.1 }
ct 101 web { image = "local:vztmpl/debian-13.tar.zst", disk root { size = 4GiB, storage = local-zfs }, net lan { ip = 10.0.0.5 } }
vm 201 db { disk root { size = 4GiB, storage = local-zfs }, net lan { ip = 10.0.0.6 } }
`;

/** One of each kind that is no guest, and of each part of a host. */
const EVERYTHING = `
host pve1 {
  node     = pve1
  timezone = "Europe/Berlin"
  packages = [jq]
  modules  = [br_netfilter]
  sysctl { "vm.swappiness" = 10 }
  user ada { ssh_keys = ["ssh-ed25519 AAAA ada@desk"], sudo = true }
  access {
    role Operator { privileges = ["VM.Audit"] }
    group ops { comment = "operators" }
    user "ada@pam" { groups = [ops] }
    token "ada@pam!monitor" { save = "/root/monitor.token" }
    acl "/vms" { role = Operator, groups = [ops] }
  }
  kernel { cmdline = ["nomodeset"] }
  zfs { arc_max = 2GiB }
  bridge vmbr7 { comment = "spare" }
  dns { servers = [10.0.0.1, 1.1.1.1], search = "home.example" }
  names { form = hosts, domain = "home.example" }
  samba { user anna { password = secret("file:/root/anna") } }
  nvidia { version = "580.76.05" }
}
pool tank {
  disks = ["/dev/disk/by-id/a"]
  raid = single
  options { autotrim = on }
  properties { compression = zstd }
}
dataset tank/x { quota = 1GiB, allow group adm { permissions = [hold, send] } }
zvol tank/v { size = 1GiB }
storage dir vault { path = "/srv/vault", content = [backup, snippets] }
image seed { url = "https://images.example/seed.img", sha256 = "${"ab".repeat(32)}" }
export data { path = "/srv/data", clients = [10.0.0.0/24] }
share media { path = "/srv/media" }
mapping models { path = "/srv/models" }
group web { in accept tcp 80 from 10.0.0.0/24 }
ipset admins { members = [10.0.0.9] }
alias printer { address = 10.0.0.7 }
firewall cluster { policy_in = accept, in accept tcp 22 from 10.0.0.0/24 }
firewall pve1 { in accept tcp 8006 from 10.0.0.0/24 }
controller evpn core { asn = 65000, peers = [10.0.0.2, 10.0.0.3] }
zone simple intern { vnet guests { subnet 10.50.0.0/24 { gateway = 10.50.0.1 } } }
backup nightly { schedule = "02:30", storage = vault, guests = all }
replication copy { guest = web, target = pve2, schedule = "*/30" }
`;

interface Planned {
  readonly plan: Plan;
  readonly script: string;
  readonly data: string;
}

async function planned(text: string, data?: string): Promise<Planned> {
  const before: Readonly<Record<string, string>> = data === undefined ? {} : { "plans/pve1/plan.json": data };
  const files = memoryFiles({ "main.phx": text, ...before });
  const { plan, model, registry, diagnostics } = await compile({ entry: "main.phx", files, memory: { write: true } });
  const errors = diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ code, message }) => `${code} ${message}`);
  if (plan === undefined || model === undefined) throw new Error(errors.join("\n"));
  const emitted = async (format: string): Promise<string> => {
    return (await emit({ plan, model, registry }, format, { version: "0.0.0" })).value;
  };
  return { plan, script: await emitted("bash"), data: await emitted("json") };
}

const BEFORE = EVERYTHING + GUESTS;
const AFTER = `host pve1 { node = pve1 }\n${GUESTS}`;

function declaredIn({ data }: Planned): Declared {
  return (JSON.parse(data) as { readonly declared: Declared }).declared;
}

test("the configuration of these tests has every kind of block, and every kind of thing that a plan makes", async () => {
  const keywords = (await builtInPlugins()).flatMap(({ kinds = [] }) => kinds.map(({ keyword }) => keyword));
  assert.equal(
    keywords.filter((keyword) => !new RegExp(`^${keyword} `, "m").test(BEFORE)),
    [],
  );
  const made = new Set(declaredIn(await planned(BEFORE)).things.map(({ kind }) => kind));
  assert.equal(
    THING_KINDS.filter((kind) => !made.has(kind)),
    [],
  );
});

test("each thing that is not declared any more has a step of its own in the next plan, and in the one after that", async () => {
  const first = await planned(BEFORE);
  const second = await planned(AFTER, first.data);
  const third = await planned(AFTER, second.data);
  assert.is(third.script, second.script);
  const stays = new Set(declaredIn(second).things.map(({ kind, name }) => `${kind}.${name}`));
  const left = declaredIn(first).things.map(({ kind, name }) => `${kind}.${name}`);
  const told = new Set(second.plan.steps.map(({ resource }) => resource));
  assert.equal(
    left.filter((name) => !stays.has(name) && !told.has(name)),
    [],
  );
  assert.ok(left.filter((name) => !stays.has(name)).length > 30);
});

/** What a run tells of things that are left, sorted. */
function notesIn(stdout: string): readonly string[] {
  const found = [
    ...stdout.matchAll(/^ {2}host: (.*) is no longer declared; it is left as it is; to take it back: (.*)$/gm),
  ];
  return found.map(([, what, command]) => `${what} | ${command}`).toSorted();
}

const LEFT = `
access group/ops | pveum group delete ops
access role/Operator | pveum role delete Operator
access token/ada@pam!monitor | pveum user token delete ada@pam monitor
access user/ada@pam | pveum user delete ada@pam
backup nightly | pvesh delete /cluster/backup/nightly
dataset tank/v | zfs destroy tank/v
dataset tank/x | zfs destroy tank/x
directory /srv/data | rmdir -- /srv/data
directory /srv/media | rmdir -- /srv/media
directory /srv/models | rmdir -- /srv/models
firewall cluster: policy_in ACCEPT | pvesh set /cluster/firewall/options --delete policy_in
image /var/lib/phxc/nvidia/NVIDIA-Linux-x86_64-580.76.05.run | rm -- /var/lib/phxc/nvidia/NVIDIA-Linux-x86_64-580.76.05.run
image /var/lib/vz/template/iso/seed.img | rm -- /var/lib/vz/template/iso/seed.img
interface vmbr7 | pvesh delete /nodes/localhost/network/vmbr7
mapping models | pvesh delete /cluster/mapping/dir/models
nvidia-driver host: version 580.76.05 | nvidia-uninstall
package build-essential | apt-get remove build-essential
package dkms | apt-get remove dkms
package frr | apt-get remove frr
package frr-pythontools | apt-get remove frr-pythontools
package jq | apt-get remove jq
package nfs-kernel-server | apt-get remove nfs-kernel-server
package proxmox-default-headers | apt-get remove proxmox-default-headers
package samba | apt-get remove samba
package sudo | apt-get remove sudo
pool tank | zpool destroy tank
replication 101-0 | pvesr delete 101-0
resolver host: search home.example | pvesh set /nodes/localhost/dns --search DOMAIN --dns1 ADDRESS
resolver host: servers 10.0.0.1 1.1.1.1 | pvesh set /nodes/localhost/dns --search DOMAIN --dns1 ADDRESS
samba-user anna | smbpasswd -x anna
sdn controllers/core | pvesh delete /cluster/sdn/controllers/core
sdn subnets/intern-10.50.0.0-24 | pvesh delete /cluster/sdn/vnets/guests/subnets/intern-10.50.0.0-24
sdn vnets/guests | pvesh delete /cluster/sdn/vnets/guests
sdn zones/intern | pvesh delete /cluster/sdn/zones/intern
storage vault | pvesm remove vault
timezone host: zone Europe/Berlin | timedatectl set-timezone ZONE
user ada | userdel ada
`
  .trim()
  .split("\n");

/** What a plan made and nobody else has a part in. */
const REMOVED = `
- host: remove /etc/exports.d/phx-data.exports
- host: remove the block names from /etc/hosts
- host: remove /etc/modprobe.d/phxc-nvidia.conf
- host: remove the block zfs from /etc/modprobe.d/zfs.conf
- host: remove /etc/modules-load.d/phxc.conf
- host: remove /etc/samba/phx/media.conf
- host: remove the block share-media from /etc/samba/smb.conf
- host: remove /etc/sudoers.d/phxc-ada
- host: remove /etc/sysctl.d/90-phxc.conf
- host: remove /etc/systemd/system/phxc-nvidia-devices.service
- host: remove the block keys from /home/ada/.ssh/authorized_keys
- host: role Operator on /vms of @ops
~ host: kernel command line in /etc/default/grub: quiet nomodeset -> quiet
- host: permissions on tank/x: group adm hold, send
~ host: firewall of the cluster: line removed: IN ACCEPT -source 10.0.0.0/24 -p tcp -dport 22 # phxc
~ host: firewall of the node: line removed: IN ACCEPT -source 10.0.0.0/24 -p tcp -dport 8006 # phxc
- host: remove group web
- host: remove ipset admins
- host: remove alias printer
`
  .trim()
  .split("\n");

async function withBoth(use: (host: SimulatedHost, second: Planned) => Promise<void>): Promise<void> {
  const first = await planned(BEFORE);
  const second = await planned(AFTER, first.data);
  await withEmptyHost(first.plan, async (host) => {
    mkdirSync(join(host.root, "root"), { recursive: true });
    writeFileSync(join(host.root, "root/anna"), "a password\n");
    const run = await runThrough(host, first.script);
    assert.is(run.code, 0, run.stdout + run.stderr);
    await use(host, second);
  });
}

test("on the host, what is ours alone goes, and the rest is told as long as it is there; a second run changes nothing", () =>
  withBoth(async (host, { script }) => {
    const run = await host.runScript(script);
    assert.is(run.code, 0, run.stdout + run.stderr);
    assert.equal(notesIn(run.stdout), LEFT);
    assert.equal(announced(run.stdout), REMOVED);
    // A unit is disabled while its file is there; what the kernel has taken over stays as it is.
    assert.ok(mutating(run).includes("systemctl disable --now phxc-nvidia-devices.service"));
    assert.not.ok(mutating(run).some((line) => /^(sysctl|modprobe|systemctl enable) /.test(line)));
    const quiet = await host.runScript(script);
    assert.equal([quiet.code, notesIn(quiet.stdout), announced(quiet.stdout), mutating(quiet)], [0, LEFT, [], []]);
    assert.equal(
      quiet.commands.map(({ argv }) => argv[0]),
      ["zpool", "zfs", "zfs", "pdbedit"],
    );
    const at = (path: string): string => join(host.root, path);
    for (const path of ["var/lib/dpkg/status", "etc/passwd", "etc/pve/user.cfg", "etc/pve/mapping/directory.cfg"])
      writeFileSync(at(path), "");
    for (const path of [
      "etc/localtime",
      "etc/resolv.conf",
      "proc/driver/nvidia",
      "srv/data",
      "var/lib/phxc/nvidia",
      "etc/pve/sdn",
      "var/lib/phxc/samba",
    ])
      rmSync(at(path), { recursive: true, force: true });
    writeFileSync(at("etc/network/interfaces"), "iface lo inet loopback\n");
    assert.equal(
      notesIn((await host.runScript(script)).stdout).map((line) => line.replace(/ \|.*/, "")),
      [
        "backup nightly",
        "dataset tank/v",
        "dataset tank/x",
        "directory /srv/media",
        "directory /srv/models",
        "firewall cluster: policy_in ACCEPT",
        "image /var/lib/vz/template/iso/seed.img",
        "pool tank",
        "replication 101-0",
        "storage vault",
      ],
    );
  }));

test("a run that takes things back survives being killed before, during and after every command", () =>
  withBoth(async (host, { script }) => {
    const whole = await undisturbed(script, host.capture());
    assert.is(whole.run.code, 0, whole.run.stdout + whole.run.stderr);
    for (const when of ["before", "during", "after"] as const) await surviveAll(whole, faultsAt(whole, when));
  }));

test("the script is as clean as others", async () => {
  if (!hasLinters()) return;
  const first = await planned(BEFORE);
  assert.equal(lintScript((await planned(AFTER, first.data)).script), []);
});

test.run();
