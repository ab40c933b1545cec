import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { presupposed, rehearse, standIns } from "../../src/rehearsal/index.js";
import type { RehearsalRun, SimulatedHost } from "../../src/rehearsal/index.js";
import { unmarked } from "../support/planted.js";
import { announced, compileSource, mutating, withHost } from "../support/rehearsal.js";

const test = suite("storages");

const PASSWORD = "MarkOfThePassword 'x' $(touch /x)";
const KEY = '{"data":"MarkOfTheKey","fingerprint":"ab:cd"}';

/** Each type of storage with options that it alone has. */
const ALL = `
storage dir files {
  path = "/srv/files"
  content = [iso, backup]
  prune-backups { keep-last = 3, keep-daily = 7 }
  bwlimit { move = 10240 }
  create-subdirs = false
  content-dirs = ["iso=images"]
  nodes = [pve]
}
storage nfs remote { server = "10.0.0.5", export = "/tank/x", options = "vers=4.2,soft", content = [backup] }
storage cifs archive {
  server = "10.0.0.5", share = "archive", username = "keeper", domain = "HOME", subdir = "/pve", smbversion = "3.11"
  password = secret("env:ARCHIVE")
}
storage pbs vault {
  server = "10.0.0.6", datastore = "main", username = "keeper@pbs", port = 8007, namespace = "homelab"
  fingerprint = "${Array.from({ length: 32 }, () => "AB").join(":")}"
  password = secret("env:ARCHIVE")
  encryption-key = secret("file:/root/vault.key")
  master-pubkey = "/root/vault.pem"
}
storage esxi old { server = "10.0.0.7", username = "root", password = secret("env:ARCHIVE"), skip-cert-verification = true }
storage rbd ceph { monhost = ["10.0.0.8", "10.0.0.9"], pool = "rbd", krbd = true, keyring = secret("file:/root/ceph.key") }
storage cephfs shared { monhost = ["10.0.0.8"], fs-name = "home", keyring = secret("file:/root/ceph.key") }
storage iscsi target { portal = "10.0.0.8", target = "iqn.2026-01.net.example:tank", content = [none] }
storage iscsidirect user { portal = "10.0.0.8", target = "iqn.2026-01.net.example:tank" }
storage zfs remote-zfs {
  portal = "10.0.0.8", target = "iqn.2026-01.net.example:tank", pool = "tank", blocksize = "8k", iscsiprovider = "LIO"
  lio_tpg = "tpg1", sparse = true
}
storage lvm block { vgname = "vg0", saferemove = true, saferemove-stepsize = 8 }
storage lvmthin thin { vgname = "vg0", thinpool = "data" }
storage btrfs sub { path = "/srv/sub", nocow = true }
storage zfspool local-tank { pool = "tank/vms", sparse = true, blocksize = "16k" }
`;

function prepare(host: SimulatedHost): void {
  writeFileSync(join(host.root, "root/vault.key"), `${KEY}\n`);
  writeFileSync(join(host.root, "root/vault.pem"), "-----BEGIN PUBLIC KEY-----\n");
  writeFileSync(join(host.root, "root/ceph.key"), "MarkOfTheRing==\n");
}

async function apply(host: SimulatedHost, script: string, password = PASSWORD): Promise<Run> {
  const secrets = join(host.root, "root/sent");
  writeFileSync(secrets, password === "" ? "" : sentSecrets({ "env:ARCHIVE": password }));
  const run = await host.runScript(script, ["--secrets", secrets]);
  return { ...run, output: run.stdout + run.stderr };
}

const sentSecrets = (secrets: Readonly<Record<string, string>>): string =>
  Object.entries(secrets)
    .map(([name, value]) => `${name}\0${value}\0`)
    .join("");

type Run = Pick<RehearsalRun, "code" | "commands"> & { readonly output: string };

const config = (host: SimulatedHost): string => readFileSync(join(host.root, "etc/pve/storage.cfg"), "utf8");

test("every type of storage is defined with its options, and the second run starts nothing", async () => {
  const { plan, script } = await compileSource(ALL);
  await withHost(presupposed(plan), async (host) => {
    prepare(host);
    const first = await apply(host, script);
    assert.is(first.code, 0, first.output);
    for (const text of [first.output, script, config(host)])
      unmarked(["MarkOfThePassword", "MarkOfTheKey", "MarkOfTheRing"], text, "what is seen of it");
    const kept = (path: string): string => readFileSync(join(host.root, "etc/pve/priv", path), "utf8");
    assert.is(kept("storage/archive.pw"), `password=${PASSWORD}\n`);
    assert.is(kept("storage/vault.pw"), `${PASSWORD}\n`);
    assert.is(kept("storage/old.pw"), PASSWORD);
    assert.is(kept("storage/vault.enc"), `${KEY}\n\n`);
    assert.is(kept("ceph/ceph.keyring"), "MarkOfTheRing==\n");
    assert.match(config(host), /dir: files\n(?:\t.*\n)*\tcreate-subdirs 0\n/);
    const again = await apply(host, script);
    assert.is(again.code, 0, again.output);
    assert.equal(announced(again.output), []);
    assert.equal(again.commands, []);
  });
});

test("another password, and nothing else, is set; its value is not told", async () => {
  const { plan, script } = await compileSource(ALL);
  await withHost(presupposed(plan), async (host) => {
    prepare(host);
    await apply(host, script);
    const changed = await apply(host, script, "MarkOfTheOther");
    assert.equal(announced(changed.output), [
      "~ host: storage archive: password (another) -> (env:ARCHIVE)",
      "~ host: storage old: password (another) -> (env:ARCHIVE)",
      "~ host: storage vault: password (another) -> (env:ARCHIVE)",
    ]);
    assert.equal(mutating(changed), [
      "pvesm set archive --password",
      "pvesm set old --password",
      "pvesm set vault --password",
    ]);
  });
});

test("options that are declared absent are deleted, keys of property strings one by one, with what differs in one call", async () => {
  const before = await compileSource(ALL);
  const after = await compileSource(`storage dir files {
  path = "/srv/files"
  content = [iso]
  nodes = absent
  content-dirs = absent
  prune-backups { keep-last = 5, keep-daily = absent }
  bwlimit { move = absent }
}`);
  await withHost(presupposed(before.plan), async (host) => {
    prepare(host);
    await apply(host, before.script);
    const run = await apply(host, after.script);
    assert.is(run.code, 0, run.output);
    assert.equal(mutating(run), [
      "pvesm set files --content iso --prune-backups keep-last=5 --delete nodes,content-dirs,bwlimit",
    ]);
    assert.equal(mutating(await apply(host, after.script)), []);
  });
});

test("keys that an administrator has added to a property string stay", async () => {
  const { plan, script } = await compileSource(
    'storage dir files { path = "/srv/files", content = [backup]\n prune-backups { keep-last = 3 } }',
  );
  await withHost(presupposed(plan), async (host) => {
    await apply(host, script);
    await host.execute(["pvesm", "set", "files", "--prune-backups", "keep-weekly=4,keep-last=9"]);
    await apply(host, script);
    assert.match(config(host), /prune-backups keep-weekly=4,keep-last=3\n/);
  });
});

test("a storage that somebody else has added stays as it is", async () => {
  const { plan, script } = await compileSource(ALL);
  await withHost(presupposed(plan), async (host) => {
    prepare(host);
    const added = "nfs-vm-persistent-data";
    const words = `pvesm add nfs ${added} --server 10.0.0.13 --export /quickOS/data --content images,backup`;
    assert.is((await host.execute(words.split(" "))).code, 0);
    for (let i = 0; i < 2; i++) assert.is((await apply(host, script)).code, 0);
    assert.match(config(host), new RegExp(`nfs: ${added}\n\texport /quickOS/data\n`));
  });
});

test("without the password nothing is touched", async () => {
  const { plan, script } = await compileSource(ALL);
  await withHost(presupposed(plan), async (host) => {
    prepare(host);
    const run = await apply(host, script, "");
    assert.is(run.code, 3, run.output);
    assert.not(existsSync(join(host.root, "etc/pve/priv/storage/archive.pw")));
    assert.equal(mutating(run), []);
  });
});

test("a rehearsal has stand-ins for the secrets of storages", async () => {
  const { plan, script } = await compileSource(ALL);
  const { passed, first, second } = await rehearse(script, presupposed(plan), {
    twice: true,
    secrets: standIns(plan),
  });
  assert.ok(passed, `${first.stdout}${first.stderr}${second?.stdout ?? ""}`);
});

test.run();
