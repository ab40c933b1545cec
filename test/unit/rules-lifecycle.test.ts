import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkText, expectFindings, lineAndCode } from "../support/compile.js";

const test = suite("rules: names, boot, clones, snapshots");

test("a guest's name is one DNS label", async () => {
  const long = "a".repeat(64);
  await expectFindings(`
ct 101 "cuda12.8" {} # PHX4101
vm 102 ${long} {} # PHX4101
ct 103 ${"a".repeat(63)} {}
ct 104 Nginx-Phoenix {}
`);
});

test("what a boot-started guest needs starts as well", async () => {
  await expectFindings(`
pool tank { disks = ["/dev/disk/by-id/a"], raid = single }
ct 101 db {}
ct 102 off { boot { start = false, order = 1 } }
ct 103 app {
  needs = [db, off, tank] # PHX4111 PHX4111
  boot { start = true }
}
ct 104 idle { needs = [db] }
ct 105 started { boot { start = true } }
ct 106 fine {
  needs = [started]
  boot { start = true }
}
`);
});

test("commands reach a machine through its agent", async () => {
  await expectFindings(`
vm 900 base { template = true, agent = true }
vm 101 a { check c { run = "true" } } # PHX4217
vm 102 b { agent = false, check c { run = "true" } } # PHX4217
vm 103 c { clone = base, agent = absent, check c { run = "true" } } # PHX4217
vm 104 d { clone = base, check c { run = "true" } }
vm 105 e { agent = true, check c { run = "true" } }
vm 106 f { check c { tcp = 22 } }
ct 107 g { check c { run = "true" } }
`);
});

test("how to clone means something only in a clone", async () => {
  await expectFindings(`
profile whole { clone_mode = full } # PHX4216
ct 900 base { template = true }
ct 101 a { clone_snapshot = s1 } # PHX4216
ct 102 b extends whole { }
ct 103 c extends whole { clone = base }
`);
});

test("a clone source need not run", async () => {
  await expectFindings(`
ct 900 base { template = true }
ct 101 app {
  clone = base
  boot { start = true }
}
`);
});

test("the boot order agrees with needs", async () => {
  await expectFindings(`
ct 101 db { boot { start = true, order = 5 } }
ct 102 late { boot { start = true } }
ct 120 same { boot { start = true, order = 4 } }
ct 110 app {
  needs = [db, late, same]
  boot { start = true, order = 4 } # PHX4112 PHX4112 PHX4112
}
`);
});

test("orders that agree, and guests that do not start at boot, are left alone", async () => {
  await expectFindings(`
ct 101 db { boot { start = true, order = 1 } }
ct 102 same { boot { start = true, order = 3 } }
ct 103 app {
  needs = [db, same]
  boot { start = true, order = 3 }
}
ct 104 last {
  needs = [app]
  boot { start = true }
}
ct 105 manual {
  needs = [last]
  boot { start = false, order = 0 }
}
`);
});

test("images need no services, directly or through others", async () => {
  const found = await expectFindings(`
ct 103 ca { boot { start = true, order = 1 } }
ct 102 proxy {
  needs = [ca]
  boot { start = true, order = 2 }
}
ct 900 base { snapshot ready {} }
ct 901 cuda {
  clone          = base
  clone_snapshot = ready
  needs          = [proxy] # PHX4121
  snapshot ready {}
}
ct 910 golden {
  clone          = cuda # PHX4121
  clone_snapshot = ready
  boot { start = false }
  snapshot ready {}
}
ct 801 service {
  clone          = cuda
  clone_snapshot = ready
  boot { start = true, order = 3 }
}
`);
  assert.match(found[0]?.message ?? "", "needs the running guests ct 102 proxy and ct 103 ca");
});

test("images that build on images are left alone", async () => {
  await expectFindings(`
ct 900 base { snapshot ready {} }
ct 901 cuda {
  clone          = base
  clone_snapshot = ready
  template       = true
}
ct 902 tools {
  clone = cuda
  needs = [base]
  boot { start = false }
}
`);
});

test("clones are of one kind", async () => {
  await expectFindings(`
vm 900 machine { template = true }
ct 901 container { template = true }
ct 101 a { clone = machine } # PHX4201
vm 102 b { clone = container } # PHX4201
ct 103 c { clone = container }
`);
});

test("a clone's source is a template or has the snapshot", async () => {
  const found = await expectFindings(`
ct 900 base { snapshot ready {} }
ct 101 a { clone = base } # PHX4203
ct 102 b {
  clone          = base
  clone_snapshot = redy # PHX4202
}
ct 103 c {
  clone          = base
  clone_snapshot = ready
}
`);
  assert.match(found[1]?.help ?? "", "It declares ready");
  const ofTemplate = await expectFindings(`
ct 900 base { template = true }
ct 101 a {
  clone          = base
  clone_snapshot = ready # PHX4202
}
`);
  assert.match(ofTemplate[0]?.help ?? "", "leave `clone_snapshot` out");
});

test("VMs are not cloned from snapshots on ZFS, containers are", async () => {
  await expectFindings(`
pool tank { disks = ["/dev/disk/by-id/a"], raid = single }
dataset tank/vms { storage zfspool { id = tank-vms, content = [images, rootdir] } }
vm 900 base {
  disk root { size = 8GiB, storage = tank-vms }
  snapshot ready {}
}
vm 901 elsewhere {
  disk root { size = 8GiB, storage = undeclared }
  snapshot ready {}
}
vm 101 a {
  clone          = base
  clone_snapshot = ready # PHX4204
}
vm 102 b {
  clone          = elsewhere
  clone_snapshot = ready
}
ct 903 ct-base {
  disk root { size = 8GiB, storage = tank-vms }
  snapshot ready {}
}
ct 103 c {
  clone          = ct-base
  clone_snapshot = ready
}
`);
});

test("a clone keeps the privileges of its source, whose default is unprivileged", async () => {
  await expectFindings(`
ct 900 plain { template = true }
ct 901 privileged { template = true, unprivileged = false }
ct 101 a { clone = plain, unprivileged = false } # PHX4205
ct 102 b { clone = privileged, unprivileged = true } # PHX4205
ct 103 c { clone = plain, unprivileged = true }
ct 104 d { clone = privileged }
`);
});

test("containers with bind mounts are not cloned", async () => {
  await expectFindings(`
ct 900 base {
  template = true
  mount "/srv/data" { at = "/data" }
}
ct 901 volume {
  template = true
  disk root { size = 8GiB, storage = local-zfs }
  disk data { size = 8GiB, storage = local-zfs, at = "/data" }
}
ct 101 a { clone = base } # PHX4206
ct 102 b { clone = volume }
`);
});

test("linked clones need a template and stay on its storage", async () => {
  await expectFindings(`
ct 900 base {
  template = true
  disk root { size = 8GiB, storage = fast }
}
ct 901 plain { snapshot ready {} }
ct 101 a {
  clone      = base
  clone_mode = linked
  disk root { size = 8GiB, storage = slow } # PHX4208
}
ct 102 b {
  clone          = plain
  clone_snapshot = ready
  clone_mode     = linked # PHX4207
}
ct 103 c {
  clone      = base
  clone_mode = linked
  disk root { size = 16GiB }
}
ct 104 d {
  clone = base
  disk root { size = 8GiB, storage = slow }
}
ct 105 e {
  clone          = plain
  clone_snapshot = ready
  clone_mode     = full
}
`);
});

test("a clone's disks are at least those of its source, through the whole chain", async () => {
  await expectFindings(`
vm 900 base {
  template = true
  disk root { size = 32GiB, storage = fast }
}
vm 901 middle {
  clone    = base
  template = true
}
vm 101 a {
  clone = middle
  disk root { size = 16GiB } # PHX4209
}
vm 102 b {
  clone = middle
  disk root { size = 32GiB }
  disk data { size = 1GiB, storage = fast }
}
`);
});

test("containers with bind mounts have no snapshots", async () => {
  await expectFindings(`
ct 101 a {
  mount "/srv/a" { at = "/srv", owner = 0:0 }
  snapshot before {} # PHX4211
  snapshot after {}
}
ct 102 b {
  disk data { size = 8GiB, storage = local-zfs, at = "/srv" }
  snapshot after {}
}
ct 103 c { mount "/srv/a" { at = "/srv", owner = 0:0 } }
`);
});

test("templates have no snapshots, and none is called current", async () => {
  await expectFindings(`
vm 900 base {
  template = true
  snapshot ready {} # PHX4212
}
vm 101 a { snapshot current {} } # PHX4213
vm 102 b { snapshot currently {} }
`);
});

test("templates are never started, and a profile may say so of the guests that extend it", async () => {
  await expectFindings(`
profile service {
  boot { start = true }
  check web { tcp = 80 }
}
vm 900 base extends service {
  template = true
  state = running # PHX4210
  boot { start = true } # PHX4215
  check ready { run = "true" } # PHX4215
}
vm 901 quiet extends service {
  template = true
  state = stopped
}
`);
});

test("Proxmox features of containers are attributes, in VMs they are names like others", async () => {
  const { diagnostics } = await checkText(`
ct 101 a { features = [docker, nesting, keyctl] }
vm 102 b { features = [nesting] }
`);
  const found = diagnostics.map(({ code, message }) => `${code} ${message}`);
  assert.equal(found, ["PHX5009 `features` names software to install; nesting, keyctl: attributes of the container"]);
});

test("volumes of containers on directories have no snapshots", async () => {
  await expectFindings(`
storage dir bulk { path = "/srv/bulk", content = [rootdir, images] }
ct 101 a {
  disk root { size = 8GiB, storage = bulk }
  snapshot ready {} # PHX4214
}
vm 102 b {
  disk root { size = 8GiB, storage = bulk }
  snapshot ready {} # PHX4463
}
ct 103 c { disk root { size = 8GiB, storage = bulk } }
`);
});

test("cycles of clones and needs are the checker's and end no rule", async () => {
  const found = await expectFindings(
    `
ct 101 a { clone = b }
ct 102 b {
  clone = a
  needs = [a]
}
`,
    /^PHX(3|4203)/,
  );
  assert.is(found.length, 0);
});

test("an image in the place of `template = true` is told where it belongs", async () => {
  for (const value of ['"debian-13-standard_13.0-1_amd64.tar.zst"', "noble", "900"]) {
    const { diagnostics } = await checkText(
      `ct 100 a {\n  template = ${value}\n  disk root { size = 4GiB, storage = local-lvm }\n}\n`,
    );
    assert.equal(diagnostics.map(lineAndCode), ["2 PHX3040"]);
    assert.match(diagnostics[0]?.help ?? "", "`image` (a template archive, an image) or `clone` (another guest)");
  }
});

test.run();
