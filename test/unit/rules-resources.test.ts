import { suite } from "uvu";
import * as assert from "uvu/assert";
import { expectFindings } from "../support/compile.js";

const test = suite("rules: storage, GPUs, capacity");

const TANK = `pool tank { disks = ["/dev/disk/by-id/a"], raid = single }`;

test("storages take what is put on them", async () => {
  await expectFindings(`
storage dir files { path = "/srv/files", content = [iso, vztmpl] }
storage dir disks { path = "/srv/disks", content = [images] }
storage dir any { path = "/srv/any" }
image base { template = "debian-12.tar.zst", storage = disks } # PHX4301
image fine { template = "debian-13.tar.zst", storage = files }
ct 101 a { disk root { size = 8GiB, storage = disks } } # PHX4301
vm 102 b {
  disk root { size = 8GiB, storage = files } # PHX4301
  cloud_init { user = admin, ssh_keys = [], storage = files } # PHX4301
}
ct 103 c { image = "disks:vztmpl/debian-12.tar.zst" } # PHX4301
vm 104 d {
  disk root { size = 8GiB, storage = disks }
  cloud_init { user = admin, ssh_keys = [], storage = disks }
}
ct 105 e {
  image = "files:vztmpl/debian-12.tar.zst"
  disk root { size = 8GiB, storage = any }
}
ct 106 f { disk root { size = 8GiB, storage = undeclared } }
`);
});

test("a storage that is almost a declared one is a misspelling; any other may be on the host", async () => {
  const found = await expectFindings(`
storage dir quickOS-disks { path = "/srv/disks", content = [images, rootdir, vztmpl] }
storage dir locals { path = "/srv/locals", content = [images] }
ct 101 a { disk root { size = 8GiB, storage = quickos-disks } } # PHX4308
vm 102 b {
  disk root { size = 8GiB, storage = quickOS_disks } # PHX4308
  cloud_init { user = admin, ssh_keys = [], storage = quickOS-disk } # PHX4308
}
ct 103 c { image = "quickOS-diskz:vztmpl/debian-12.tar.zst" } # PHX4308
ct 104 d { disk root { size = 8GiB, storage = local } }
ct 105 e { disk root { size = 8GiB, storage = quickOS-disks } }
ct 106 f { disk root { size = 8GiB, storage = tank } }
`);
  assert.match(
    found[0]?.message ?? "",
    "the storage quickos-disks of disk root of ct 101 a; did you mean `quickOS-disks`",
  );
});

test("an image is declared, a volume, or a path", async () => {
  const found = await expectFindings(`
image noble { path = "/srv/images/noble.img" }
vm 101 a { image = nobel } # PHX4309
ct 102 b { image = "debian-12.tar.zst" } # PHX4309
ct 109 i { image = "https://images.example/debian-12.tar.zst" } # PHX4309
ct 110 j { image = "./debian-12.tar.zst" } # PHX4309
vm 103 c { image = noble }
vm 104 d { image = "/srv/images/other.img" }
ct 105 e { image = "local:vztmpl/debian-12.tar.zst" }
ct 106 f { image = "/srv/debian.tar.zst" }
`);
  assert.is(found[0]?.fix?.replacement, "noble");
  assert.is(found[1]?.fix, undefined);
});

test("disks fit the quota of their dataset and of those above it", async () => {
  const found = await expectFindings(`
${TANK}
dataset tank/all {
  quota = 30G # PHX4302
}
dataset tank/all/cts {
  quota = 20G # PHX4302
  storage zfspool { id = cts, content = [rootdir] }
}
dataset tank/all/vms {
  quota = 20G
  storage zfspool { id = vms, content = [images] }
}
ct 101 a { disk root { size = 16GiB, storage = cts } }
ct 102 b {
  disk root { size = 8GiB, storage = cts }
  disk data { size = 1GiB, storage = cts, at = "/data" }
}
vm 103 c { disk root { size = 20GiB, storage = vms } }
`);
  assert.is(
    found[1]?.message,
    "the disks on dataset tank/all/cts may grow to 25GiB, but its quota is 20GiB (101: 16GiB and 102: 9GiB)",
  );
});

test("clones count with the size of their source, datasets without quota not at all", async () => {
  await expectFindings(`
${TANK}
dataset tank/vms {
  quota = 30G # PHX4302
  storage zfspool { id = vms, content = [images] }
}
dataset tank/free { storage zfspool { id = free, content = [images] } }
vm 900 base {
  template = true
  disk root { size = 16GiB, storage = vms }
}
vm 101 a { clone = base }
vm 102 b { disk root { size = 900GiB, storage = free } }
`);
});

test("host paths below /mnt/pve are on the dataset that they name", async () => {
  const [finding] = await expectFindings(`
${TANK}
dataset tank/data { quota = 10G }
dataset tank/there { mountpoint = "/mnt/pve/tank/there" }
storage nfs away { server = "10.0.0.9", export = "/away", content = [backup] }
ct 101 a {
  mount "/mnt/pve/tank/data/101/logs" { at = "/logs" } # PHX4303
  mount "/tank/data/101/keys" { at = "/keys" }
  mount "/mnt/pve/tank/there/x" { at = "/there" }
  mount "/mnt/pve/away/x" { at = "/away" }
  mount "/mnt/pve/tank/database" { at = "/other" }
  mount "/srv/elsewhere" { at = "/srv" }
}
`);
  assert.match(finding?.help ?? "", "`/tank/data/101/logs`");
});

test("guests agree about the owner of a shared path, as the host sees it", async () => {
  await expectFindings(`
ct 101 a { mount "/srv/x" { at = "/x", owner = 0:0 } }
ct 102 b { mount "/srv/x/" { at = "/x", owner = 33:33 } } # PHX4304
ct 103 c {
  unprivileged = false
  mount "/srv/y" { at = "/y", owner = 100000:100000 }
}
ct 104 d { mount "/srv/y" { at = "/y", owner = 0:0 } }
ct 105 e { mount "/srv/z" { at = "/z", owner = 0:0 } } # PHX4307
ct 106 f { mount "/srv/z" { at = "/z" } }
ct 107 g { mount "/srv/v" { at = "/v" } } # PHX4310
ct 108 h { mount "/srv/v" { at = "/v" } }
ct 109 i { mount "/srv/w" { at = "/w", owner = 0:0 } }
`);
});

test("one place takes one mount, of whatever kind", async () => {
  await expectFindings(`
ct 101 a {
  mount "/srv/a" { at = "/data" }
  disk more { size = 8GiB, storage = local-zfs, at = "/data/" } # PHX4305
  volume nfs far { from = "10.0.0.9:/x", at = "/data/x" }
}
ct 102 b { mount "/srv/b" { at = "/data" } }
`);
});

test("a directory that several write in has an owner", async () => {
  await expectFindings(`
ct 101 a { mount "/srv/a" { at = "/a" } } # PHX4310
ct 102 b { mount "/srv/a/" { at = "/a", readonly = true } }
ct 103 c { mount "/srv/b" { at = "/b", readonly = true } }
ct 104 d { mount "/srv/b" { at = "/b", readonly = true } }
ct 105 e { mount "/srv/c" { at = "/c" } }
ct 106 f { mount "/srv/d" { at = "/d", owner = root } }
ct 107 g { mount "/srv/d" { at = "/d", owner = 0:0 } }
`);
});

test("of a mount without a path, or without a place in the container, no more is said than that", async () => {
  const found = await expectFindings(`
ct 101 a { mount tank/media { at = "/a" } } # PHX3045
ct 102 b { mount tank/media { at = "/a" } } # PHX3045
ct 103 c { mount "/srv/c" { } } # PHX3069
ct 104 d { mount "/srv/c" { } } # PHX3069
`);
  assert.is(found.length, 4);
});

test("volumes do not lie inside each other", async () => {
  await expectFindings(`
vm 101 a {
  volume nfs outer { from = "10.0.0.13:/tank/101", at = "/data" }
  volume nfs inner { from = "10.0.0.13:/tank/101/keys", at = "/keys" } # PHX4306
  volume nfs other { from = "10.0.0.14:/tank/101/keys", at = "/other" }
  volume nfs near { from = "10.0.0.13:/tank/1011", at = "/near" }
}
vm 102 b { volume nfs inner { from = "10.0.0.13:/tank/101/keys", at = "/keys" } }
`);
});

test("GPUs are those of the host, by number or by place", async () => {
  await expectFindings(`
host pve1 { gpus = [0000:01:00.0, 0000:02:00.0] }
ct 101 a { gpus = [0, 1] }
ct 102 b { gpus = [1, 2] } # PHX4401
ct 103 c { gpus = [] }
`);
  await expectFindings("host pve1 { address = 10.0.0.13 }\nct 101 a { gpus = [7] }");
});

test("with several hosts each guest is judged by its own", async () => {
  await expectFindings(`
host one { gpus = [0], cores = 4 }
host two { gpus = [0, 1], cores = 16 }
ct 101 a { host = one, gpus = [1] } # PHX4401
ct 102 b { host = two, gpus = [1], cores = 8 }
ct 103 c { host = one, cores = 8 } # PHX4413
ct 104 d { gpus = [5], cores = 99 }
`);
});

test("a clone with fewer GPUs than its chain is noted, one that says nothing keeps them", async () => {
  await expectFindings(`
ct 900 base { template = true, gpus = [] }
ct 901 cuda { template = true, clone = base, gpus = [0, 1] }
ct 911 one { template = true, clone = cuda, gpus = [0] } # PHX4402
ct 801 a { clone = one, gpus = [0] } # PHX4402
ct 802 b { clone = cuda, gpus = [1, 0] }
ct 803 c { clone = cuda } # PHX4404
ct 804 d { clone = base }
ct 805 e { clone = cuda, gpus = [] } # PHX4402
`);
});

test("a GPU belongs to one guest that starts", async () => {
  const [finding] = await expectFindings(`
ct 101 a {
  gpus = [0]
  boot { start = true }
}
ct 102 b {
  gpus = [0, 1] # PHX4403
  boot { start = true }
}
ct 103 c { gpus = [0], state = running }
ct 104 d { gpus = [1] }
ct 105 e { gpus = [0, 1], template = true }
`);
  assert.match(finding?.message ?? "", "GPU 0 is used by ct 101 a, ct 102 b and ct 103 c");
});

test("guests on different hosts share nothing", async () => {
  await expectFindings(`
host one {}
host two {}
ct 101 a { host = one, gpus = [0], state = running }
ct 102 b { host = two, gpus = [0], state = running }
`);
});

test("memory fits the host", async () => {
  await expectFindings(`
host pve1 {
  memory = 16GiB # PHX4411
}
vm 900 base { template = true, memory = 64GiB }
vm 101 a { clone = base, memory = 12GiB, state = running }
vm 102 b { memory = 32GiB } # PHX4412
ct 103 c { memory = 8GiB, state = running }
ct 104 d { memory = 64GiB }
`);
  await expectFindings("host pve1 { memory = 16GiB }\nvm 101 a { memory = 16GiB, state = running }");
  await expectFindings("vm 101 a { memory = 900GiB, state = running }");
});

test("a clone's memory is that of its source unless it says otherwise", async () => {
  await expectFindings(`
host pve1 { memory = 8GiB } # PHX4411
ct 900 base { template = true, memory = 6GiB }
ct 101 a { clone = base, state = running }
ct 102 b { clone = base, state = running }
`);
});

test("a card is for machines or for containers, never for both", async () => {
  await expectFindings(`
host pve1 {
  gpus = [0000:01:00, 0000:02:00]
  nvidia { version = "580.76.05", sha256 = "${"0".repeat(64)}" }
  passthrough { addresses = [0000:02:00.0, 0000:03:00] } # PHX4850
}
vm 100 a { pci gpu { address = 0000:01:00 } } # PHX4851
vm 101 b { pci gpu { address = 0000:03:00 } }
vm 102 c { pci gpu { address = 0000:01:00, mdev = nvidia-63 } }
`);
  await expectFindings(`
host pve1 { gpus = [0000:01:00.0, 0000:01:00.1], passthrough { addresses = [0000:01:00.1] } }
ct 100 a { gpus = [0] }
`);
  // Two that start are told once.
  await expectFindings(`
host pve1 { gpus = [0000:01:00] }
ct 100 a { gpus = [0], boot { start = true } }
vm 101 b {
  boot { start = true }
  pci gpu { address = 0000:01:00 } # PHX4421
}
vm 102 c { pci gpu { address = 0000:01:00 } } # PHX4851
`);
});

test.run();
