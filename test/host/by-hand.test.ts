import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { presupposed, standIns } from "../../src/rehearsal/index.js";
import type { SimulatedHost } from "../../src/rehearsal/index.js";
import { root } from "../support/paths.js";
import { announced, compileFolder, mutating, withHost } from "../support/rehearsal.js";

const test = suite("what an administrator adds by hand");

/** The code with which a run ends that needs a restart of the host before it goes on. */
const RESTART_NEEDED = 6;

const STORAGE = "nfs-vm-persistent-data";
const EXPORT = "/srv/mine 10.0.0.7(ro,no_subtree_check)\n";
const SHARE = "[mine]\n\tpath = /srv/mine\n\tread only = yes\n";
const RULE = "IN ACCEPT -p tcp -dport 2222 -log nolog # by hand";

const text = (host: SimulatedHost, path: string): string => readFileSync(join(host.root, path), "utf8");

function add(host: SimulatedHost, path: string, more: string): void {
  mkdirSync(dirname(join(host.root, path)), { recursive: true });
  writeFileSync(join(host.root, path), more, { flag: "a" });
}

/** A storage, an export, a section of smb.conf and a rule of the cluster's firewall that no file declares. */
async function addAll(host: SimulatedHost): Promise<void> {
  const words = `pvesm add nfs ${STORAGE} --server 10.0.0.13 --export /quickOS/data --content images,backup`;
  assert.is((await host.execute(words.split(" "))).code, 0);
  mkdirSync(join(host.root, "srv/mine"), { recursive: true });
  add(host, "etc/exports", EXPORT);
  add(host, "etc/samba/smb.conf", SHARE);
  const path = "etc/pve/firewall/cluster.fw";
  const before = text(host, path);
  writeFileSync(join(host.root, path), before.replace("[RULES]\n", `[RULES]\n\n${RULE}\n`));
}

test("a storage, an export, a share and a rule of the firewall survive every run of the real configuration", async () => {
  const { plan, script } = await compileFolder(join(root, "examples/phoenix"), "phoenix.phx");
  await withHost(presupposed(plan), async (host) => {
    const secrets = join(host.root, "root/sent");
    const sent = Object.entries(standIns(plan)).map(([name, value]) => `${name}\0${value}\0`);
    writeFileSync(secrets, sent.join(""));
    let first = await host.runScript(script, ["--secrets", secrets]);
    for (let restarts = 0; first.code === RESTART_NEEDED && restarts < 3; restarts++) {
      host.restart();
      first = await host.runScript(script, ["--secrets", secrets]);
    }
    assert.is(first.code, 0, first.stdout + first.stderr);
    await addAll(host);
    for (let i = 0; i < 2; i++) {
      const run = await host.runScript(script, ["--secrets", secrets]);
      assert.is(run.code, 0, run.stdout + run.stderr);
      assert.equal([announced(run.stdout), mutating(run)], [[], []]);
    }
    assert.match(text(host, "etc/pve/storage.cfg"), new RegExp(`nfs: ${STORAGE}\n\texport /quickOS/data\n`));
    assert.ok(text(host, "etc/exports").endsWith(EXPORT));
    assert.ok(text(host, "etc/samba/smb.conf").includes(SHARE));
    assert.ok(text(host, "etc/pve/firewall/cluster.fw").includes(`${RULE}\n`));
  });
});

test.run();
